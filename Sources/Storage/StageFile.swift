// A file that a build needs for itself: whole or not at all for whoever looks, but not hashed, and
// not forced to the disk, because it can be made again.

import Foundations
import Glibc

/// A sequential writer whose file exists only after ``commit()``.
///
/// Survives the end of its process at any moment; after a loss of power a reader has to see from
/// sizes and contents whether it is whole.  Dropped without a commit, it removes what it wrote.
public struct StageFile: ~Copyable {
  public let path: String
  private let temporary: String
  private var descriptor: Int32
  /// Bytes given so far.
  public private(set) var count = 0

  /// - Throws: ``WinnowError`` when the folder is missing or may not be written to.
  public init(_ path: String) throws(WinnowError) {
    let temporary = partialName(path)
    let descriptor = retrying {
      open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(path, "write it") }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Writes without a buffer: pieces should be large.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(WinnowError) {
    var done = 0
    while done < bytes.count {
      let sent = retrying {
        Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
      guard sent >= 0 else { throw .system(path, "write it") }
      done += sent
    }
    count += bytes.count
  }

  /// Writes the elements' own bytes.
  public mutating func write<Element: BitwiseCopyable>(
    _ elements: UnsafeBufferPointer<Element>
  ) throws(WinnowError) {
    try write(UnsafeRawBufferPointer(elements))
  }

  /// Writes the elements' own bytes.
  public mutating func write<Element: BitwiseCopyable>(
    elements: [Element]
  ) throws(WinnowError) {
    try withBytes(of: elements) { (bytes) throws(WinnowError) in try write(bytes) }
  }

  /// Puts the file in its place.  Called once, at the end.
  public mutating func commit() throws(WinnowError) {
    // A network's file system may keep the bytes, and its complaints, until the file is closed.
    let isWritten = close(descriptor) == 0
    let code = errno
    descriptor = -1
    guard isWritten else {
      unlink(temporary)
      throw .system(path, "write it", code: code)
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw .system(path, "put it in its place", code: code)
    }
  }
}
