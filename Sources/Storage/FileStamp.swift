// Whether a file is still the one that was looked at before: cheap enough to ask at every start, and
// independent of where the file lies.

import Foundations
import Glibc

/// Size and time of the last change: what a file that is written to cannot keep.
public struct FileState: Sendable, Hashable, Codable {
  /// Bytes.
  public let size: Int
  /// Time of the last change in UTC, to the nanosecond: `2026-11-24T02:58:01.123456789Z`.
  public let modified: String

  init(size: Int, modified: String) { (self.size, self.modified) = (size, modified) }

  /// The state of the file at `path`.
  ///
  /// - Throws: ``WinnowError`` when it cannot be looked at.
  public init(of path: String) throws(WinnowError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system(path, "read its size", reading: true) }
    var (time, fields) = (status.st_mtim.tv_sec, tm())
    gmtime_r(&time, &fields)
    func two(_ number: Int32) -> String { padded(String(number), 2) }
    size = Int(status.st_size)
    modified =
      "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))T"
      + "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))"
      + ".\(padded(String(status.st_mtim.tv_nsec), 9))Z"
  }

  /// What differs from a later state, or nil.
  public func difference(to later: FileState) -> String? {
    if size != later.size { return "its size was \(size) bytes and is now \(later.size)" }
    if modified != later.modified {
      return "its modification time was \(modified) and is now \(later.modified)"
    }
    return nil
  }
}

/// What tells that an input is the same as at an earlier build, without reading all of it.
public struct FileStamp: Sendable, Hashable, Codable {
  private let size: Int
  private let modified: String
  /// SHA-256 of the first MiB.
  public let first: String
  /// SHA-256 of the last MiB.
  public let last: String

  public var state: FileState { FileState(size: size, modified: modified) }

  enum CodingKeys: String, CodingKey {
    case size, modified
    case first = "first-mib"
    case last = "last-mib"
  }

  /// The stamp of the file at `path`.
  ///
  /// - Throws: ``WinnowError`` when it cannot be read.
  /// - Complexity: O(1): 2 MiB are read at most.
  public init(of path: String) throws(WinnowError) {
    let mebibyte = 1 << 20
    let state = try FileState(of: path)
    (size, modified) = (state.size, state.modified)
    let file = try InputFile(path)
    let length = min(mebibyte, file.size)
    first = Digest.hex(of: try file.elements(length, at: 0))
    last =
      file.size <= mebibyte
      ? first : Digest.hex(of: try file.elements(length, at: file.size - length))
  }

  /// What differs from a later stamp, or nil.
  public func difference(to later: FileStamp) -> String? {
    if let text = state.difference(to: later.state) { return text }
    if first != later.first { return "its first MiB has changed" }
    if last != later.last { return "its last MiB has changed" }
    return nil
  }
}
