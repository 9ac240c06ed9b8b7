// A list of items as users keep them: a text file with a key a line.

import Foundations
import Glibc
import Storage

/// A text file with a key a line: LF or CRLF, blank lines skipped, a mark of UTF-8 in front ignored.
package struct KeyListFile: Sendable {
  /// The flag that named it, for messages.
  let flag: String
  let path: String

  package init(flag: String, path: String) {
    self.flag = flag
    self.path = path
  }

  /// A longer line is taken for another kind of file.
  static let longestKey = 1 << 20
  /// Bytes that are read at once.
  private static let blockBytes = 4 << 20

  /// Calls `body` with every line that is not blank, without its end.
  ///
  /// - Parameter body: is given the bytes, valid during the call, and the line's number from 1.
  /// - Throws: ``WinnowError`` that names file and line when it is no text, or what `body` throws.
  /// - Complexity: O(bytes) time, 5 MiB of memory
  func forEachKey(
    _ body: (_ key: UnsafeRawBufferPointer, _ line: Int) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    let file = try InputFile(path)
    let space = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.longestKey + Self.blockBytes, alignment: 64)
    defer { space.deallocate() }
    var (offset, left, line) = (0, 0, 0)
    while true {
      let target = UnsafeMutableRawBufferPointer(
        rebasing: space[left..<left + Self.blockBytes])
      let read = try file.read(into: target, at: offset)
      if memchr(target.baseAddress!, 0, read) != nil {
        throw .invalid(
          "\(path): expected a text file with one key per line for \(flag), found binary data; "
            + "winnow export --format text writes such a list")
      }
      let isMarked = offset == 0 && target[..<read].starts(with: [0xEF, 0xBB, 0xBF])
      var begin = isMarked ? 3 : 0
      offset += read
      let end = left + read
      while begin < end {
        let start = space.baseAddress! + begin
        guard let found = memchr(start, 0x0A, end - begin) else { break }
        line += 1
        let length = found - start
        try Self.take(UnsafeRawBufferPointer(start: start, count: length), line, body)
        begin += length + 1
      }
      left = end - begin
      if read < Self.blockBytes {
        if left > 0 {
          let rest = UnsafeRawBufferPointer(rebasing: space[begin..<end])
          try Self.take(rest, line + 1, body)
        }
        return
      }
      guard left <= Self.longestKey else {
        throw .invalid(
          "\(path), line \(line + 1): expected a key of at most \(Self.longestKey) bytes, found a "
            + "longer line; write one key per line")
      }
      memmove(space.baseAddress!, space.baseAddress! + begin, left)
    }
  }

  private static func take(
    _ line: UnsafeRawBufferPointer, _ number: Int,
    _ body: (UnsafeRawBufferPointer, Int) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    let key = line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    if !key.isEmpty { try body(key, number) }
  }
}

/// What a list came to.
package struct KeyListCounts: Codable, Sendable, Equatable {
  /// Different keys in it; where rows are listed by number, those beyond the last row count each
  /// time.
  package var keys = 0
  /// Those of them that the data set has not.
  package var unknown = 0

  package init() {}
}
