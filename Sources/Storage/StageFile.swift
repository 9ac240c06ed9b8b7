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
  /// The same without links: a link stays one, and what it leads to is replaced.
  let place: String
  private let temporary: String
  private var descriptor: Int32
  private var isPlaced = false
  /// Bytes given so far.
  public private(set) var count = 0

  /// - Parameter place: where the file shall be, if not at `path`.
  /// - Throws: ``WinnowError`` when the folder is missing or may not be written to.
  public init(_ path: String, place: String? = nil) throws(WinnowError) {
    let temporary = partialName(place ?? path)
    let descriptor = retrying {
      open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(path, "write it") }
    self.path = path
    self.place = place ?? path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isPlaced { unlink(temporary) }
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

  func synchronise() throws(WinnowError) {
    guard retrying({ fsync(descriptor) }) == 0 else {
      throw .system(path, "flush it to disk")
    }
  }

  /// Puts the file in its place.  Called once, at the end.
  public mutating func commit() throws(WinnowError) {
    try closeFile()
    guard rename(temporary, place) == 0 else { throw .system(path, "move it into place") }
    isPlaced = true
  }

  /// Puts the file in its place, unless something is there by then; whether it has.
  mutating func commitUnlessTaken() throws(WinnowError) -> Bool {
    // Unlike a rename, a link never replaces; the temporary name goes in the end.
    if link(temporary, place) == 0 {
      try closeFile()
      return true
    }
    switch errno {
    case EEXIST: return false
    case EPERM, ENOTSUP, ENOSYS, EMLINK:
      // No links on this file system: an empty file takes the place first.
      let taken = retrying { open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      if taken < 0, errno == EEXIST { return false }
      guard taken >= 0 else { throw .system(path, "move it into place") }
      close(taken)
      try commit()
      return true
    default: throw .system(path, "move it into place")
    }
  }

  /// A network's file system may keep the bytes, and its complaints, until the file is closed.
  private mutating func closeFile() throws(WinnowError) {
    let isWritten = close(descriptor) == 0
    descriptor = -1
    guard isWritten else { throw .system(path, "write it") }
  }
}

// Names for files in the making.  A process number alone would not do: on a file system that several
// machines share, two of them may have the same, and two threads may make the same file at once.

/// Drawn once for this process.
private let processName =
  "\(getpid())-" + String(UInt64.random(in: .min ... .max), radix: 36)

/// The path beside `path` under which this thread makes it: nobody else, on any machine, has the same.
///
/// It ends in `.partial`: what is left of a process that was killed is known by that.
package func partialName(_ path: String) -> String {
  "\(path).\(processName)-\(String(pthread_self(), radix: 36)).partial"
}
