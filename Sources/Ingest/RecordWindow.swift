// Text metadata is read through one growing window, so that memory is bounded by the longest
// record and not by the file.  This file and the parsers beside it work on raw pointers: every
// access is guarded by a comparison with the window's or the line's end right where it happens.

import Foundations
import Glibc
import Storage

/// Where bytes come from: a file or a program's output.
protocol ByteSource: AnyObject {
  /// Reads the next bytes into `buffer`; 0 at the end, and only there.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Int
}

/// A file, from its beginning, or some byte, to its end.
final class FileSource: ByteSource {
  private let file: InputFile
  private var offset: Int

  init(_ path: String, from offset: Int = 0) throws(WinnowError) {
    self.offset = offset
    file = try InputFile(path)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Int {
    let count = try file.read(into: buffer, at: offset)
    offset += count
    return count
  }
}

/// The unread part of a source, `bytes[0 ..< count]`, as far as it is in memory.
final class RecordWindow {
  /// A record longer than this is taken for damage, such as a quote that is never closed.
  static let longestRecord = 64 << 20

  private let source: any ByteSource
  private var space: UnsafeMutableRawBufferPointer
  private var begin = 0
  private(set) var count = 0
  private(set) var isAtEnd = false

  init(_ source: any ByteSource, capacity: Int = 1 << 20) throws(WinnowError) {
    self.source = source
    space = .allocate(byteCount: capacity, alignment: 16)
    while count < 3, try extend() {}
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if count >= 3, mark.indices.allSatisfy({ bytes[$0] == mark[$0] }) { drop(3) }
  }

  deinit { space.deallocate() }

  /// The unread bytes; valid until the next ``extend()``.
  var bytes: UnsafePointer<UInt8> {
    UnsafePointer((space.baseAddress! + begin).assumingMemoryBound(to: UInt8.self))
  }

  /// Marks the first `length` bytes as read.
  func drop(_ length: Int) {
    begin += length
    count -= length
  }

  /// Whether the unread bytes are more than one record may have.
  var isOverfull: Bool { count > Self.longestRecord }

  /// Reads more bytes behind the unread ones, which may move.
  ///
  /// - Returns: false at the end of the source.
  func extend() throws(WinnowError) -> Bool {
    if isAtEnd { return false }
    if begin + count == space.count {
      if count > space.count / 2 {
        let larger = UnsafeMutableRawBufferPointer.allocate(
          byteCount: 2 * space.count, alignment: 16)
        larger.baseAddress!.copyMemory(from: space.baseAddress! + begin, byteCount: count)
        space.deallocate()
        space = larger
      } else {
        // The parts may overlap, which `memmove` allows.
        memmove(space.baseAddress!, space.baseAddress! + begin, count)
      }
      begin = 0
    }
    let free = UnsafeMutableRawBufferPointer(rebasing: space[(begin + count)...])
    let got = try source.read(into: free)
    count += got
    isAtEnd = got == 0
    return got > 0
  }
}
