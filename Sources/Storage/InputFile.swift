// Inputs are read with `pread` into buffers of ours and never mapped: mapped pages would count
// as our memory, and a file that shrinks under a map kills the process.

import Foundations
import Glibc

/// A file open for reading at any place, by any thread.
public struct InputFile: ~Copyable, Sendable {
  /// The path it was opened by.
  public let path: String
  /// Its size in bytes when it was opened.
  public let size: Int
  let descriptor: Int32

  /// - Throws: ``WinnowError`` when it does not exist, is a folder, or may not be read.
  public init(_ path: String) throws(WinnowError) {
    let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .system(path, "open it", reading: true) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = WinnowError.system(path, "read its size")
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw WinnowError(
        path: path, fault: "expected a file, found a folder", remedy: "name a file inside it")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `buffer` from byte `offset` on.
  ///
  /// - Returns: the number of bytes read, less than `buffer.count` only at the end of the file.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(WinnowError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = retrying {
        pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      }
      guard count >= 0 else { throw .system(path, "read it at byte \(offset + done)") }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Gives the bytes of `range` to `body`, at most a MiB at a time; nil: all until the file ends.
  ///
  /// - Throws: ``WinnowError`` when the file ends before `range` does.
  public func forEachBlock(
    _ range: Range<Int>? = nil, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(WinnowError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, min(1 << 20, range?.count ?? 1 << 20)), alignment: 64)
    defer { buffer.deallocate() }
    var offset = range?.lowerBound ?? 0
    while offset < range?.upperBound ?? Int.max {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<min(buffer.count, (range?.upperBound ?? Int.max) - offset)])
      let count = range == nil ? try read(into: part, at: offset) : part.count
      if range != nil { try readExactly(into: part, at: offset) }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: part[..<count]))
      offset += count
    }
  }

  /// Fills `buffer` whole.
  ///
  /// - Throws: ``WinnowError`` when the file ends before.
  public func readExactly(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(WinnowError) {
    let count = try read(into: buffer, at: offset)
    guard count == buffer.count else {
      throw WinnowError(
        path: path,
        fault: "expected \(buffer.count) bytes at byte \(offset), found \(count): it is truncated",
        remedy: "fetch or write it again")
    }
  }

  /// `count` elements as they lie in the file from byte `offset` on.
  ///
  /// - Throws: ``WinnowError`` when the file ends before.
  public func elements<Element: BitwiseCopyable>(
    _ count: Int, at offset: Int, of _: Element.Type = Element.self
  ) throws(WinnowError) -> [Element] {
    try [Element](unsafeUninitializedCapacity: count) { (buffer, filled) throws(WinnowError) in
      try readExactly(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      filled = count
    }
  }

  /// The whole file.
  ///
  /// - Throws: ``WinnowError``, also when it is larger than `limit` bytes.
  public static func contents(
    of path: String, limit: Int = 1 << 30
  ) throws(WinnowError) -> [UInt8] {
    let file = try InputFile(path)
    guard file.size <= limit else {
      throw WinnowError(
        path: path, fault: "expected at most \(limit) bytes, found \(file.size)")
    }
    return try file.elements(file.size, at: 0)
  }
}
