// Only workspaces are mapped: we wrote them, and their sizes are checked when they are opened.
// A file that is truncated under the map is a SIGBUS, which the program reports as such.

import Foundations
import Glibc

/// A whole file, read-only, in memory pages that the system fetches on demand.
public struct MappedFile: ~Copyable, @unchecked Sendable {
  // Sound to share: the pages are read-only and live until `deinit`.
  public let path: String
  /// The file's bytes; valid as long as this value lives.
  public let bytes: UnsafeRawBufferPointer

  public init(_ path: String) throws(WinnowError) {
    bytes = try Self.pages(of: path)
    self.path = path
  }

  private static func pages(of path: String) throws(WinnowError) -> UnsafeRawBufferPointer {
    let file = try InputFile(path)
    guard file.size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let base = mmap(nil, file.size, PROT_READ, MAP_SHARED, file.descriptor, 0),
      base != MAP_FAILED
    else { throw .system(path, "map it") }
    return UnsafeRawBufferPointer(start: base, count: file.size)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }
}
