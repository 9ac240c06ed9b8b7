// A file that appears whole or not at all: written beside its place under another name, brought
// to the disk, renamed, and the folder brought to the disk.  Whoever is interrupted leaves the
// old file as it was.

import Foundations
import Glibc

/// What a finished file holds.
public struct FileSeal: Codable, Sendable, Equatable {
  /// Size in bytes.
  public let size: Int
  /// SHA-256 of its bytes, 64 lower-case hex digits.
  public let digest: String

  public init(size: Int, digest: String) {
    self.size = size
    self.digest = digest
  }
}

/// A buffered, sequential writer whose file exists only after ``commit()``.
///
/// Dropped without a commit, it removes what it wrote.
public struct AtomicFile: ~Copyable {
  /// Where the file will be.
  public let path: String
  /// The same without links: a link stays one, and what it leads to is replaced.
  private let place: String
  private let temporary: String
  private var descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var filled = 0
  private var written = 0
  private let isDurable: Bool
  private var digest = Digest()
  private var seal: FileSeal?

  /// - Parameters:
  ///   - path: where the file shall be; an existing one is replaced at the commit.
  ///   - capacity: bytes held back before the system is called.
  ///   - isDurable: bring it to the disk before it gets its place; not for what can be made again.
  /// - Throws: ``WinnowError`` when the folder is missing or may not be written to, or a device
  ///   or pipe is there: renaming would put a file in its place.
  public init(
    _ path: String, capacity: Int = 1 << 20, isDurable: Bool = true
  ) throws(WinnowError) {
    let place = try Self.place(of: path)
    let temporary = partialName(place)
    let descriptor = retrying {
      open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .system(path, "write it") }
    self.path = path
    self.place = place
    self.temporary = temporary
    self.descriptor = descriptor
    self.isDurable = isDurable
    buffer = .allocate(byteCount: capacity, alignment: 64)
  }

  /// What a rename may replace.
  private static func place(of path: String) throws(WinnowError) -> String {
    guard !path.isEmpty else {
      throw WinnowError(
        path: "output", fault: "expected a path, found an empty one", remedy: "name a file")
    }
    guard pathKind(path) != .special else {
      throw WinnowError(
        path: path, fault: "expected a file or nothing, found a device or a pipe",
        remedy: "name a file")
    }
    guard !isDanglingLink(path) else {
      throw WinnowError(
        path: path, fault: "expected a file or nothing, found a link that leads nowhere",
        remedy: "remove the link or name a file")
    }
    return resolvedPath(path)
  }

  deinit {
    buffer.deallocate()
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Bytes given so far.
  public var count: Int { written + filled }

  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(WinnowError) {
    precondition(seal == nil, "a finished file is written to")
    if bytes.count > buffer.count - filled { try flush() }
    if bytes.count > buffer.count {
      try send(bytes)
    } else if bytes.count > 0 {
      (buffer.baseAddress! + filled).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
      filled += bytes.count
    }
  }

  public mutating func write(_ bytes: [UInt8]) throws(WinnowError) {
    try write(elements: bytes)
  }

  public mutating func write(_ text: String) throws(WinnowError) {
    try write(elements: Array(text.utf8))
  }

  /// Writes the elements' own bytes; little endian, as all our machines are.
  public mutating func write<Element: BitwiseCopyable>(
    elements: [Element]
  ) throws(WinnowError) {
    try withBytes(of: elements) { (bytes) throws(WinnowError) in try write(bytes) }
  }

  /// Brings the file to the disk, not yet to its place; nothing may be written after it.
  ///
  /// For files that belong together: when all are finished, nothing but a rename can fail.
  public mutating func finish() throws(WinnowError) -> FileSeal {
    if let seal { return seal }
    try flush()
    guard !isDurable || retrying({ fsync(descriptor) }) == 0 else {
      throw .system(path, "write it to the disk")
    }
    let seal = FileSeal(size: written, digest: digest.hex())
    self.seal = seal
    return seal
  }

  /// Finishes the file and puts it in its place.
  ///
  /// Called once, at the end.
  ///
  /// - Throws: ``WinnowError``; then the place is as it was before.
  public mutating func commit() throws(WinnowError) -> FileSeal {
    let seal = try finish()
    guard rename(temporary, place) == 0 else { throw .system(path, "put it in its place") }
    close(descriptor)
    descriptor = -1
    synchroniseFolder(parentFolder(place))
    return seal
  }

  /// Finishes the file and puts it in its place, unless something is there by then.
  ///
  /// Of several that try at once, in any process, one succeeds. Called once, at the end.
  ///
  /// - Returns: nil when something is there; it stays as it is.
  public mutating func commitUnlessTaken() throws(WinnowError) -> FileSeal? {
    let seal = try finish()
    // Unlike a rename, a link never replaces.
    if link(temporary, place) != 0 {
      switch errno {
      case EEXIST: return nil
      case EPERM, ENOTSUP, ENOSYS, EMLINK:
        // No links on this file system: an empty file takes the place first.
        let taken = retrying { open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        if taken < 0, errno == EEXIST { return nil }
        guard taken >= 0 else { throw .system(path, "put it in its place") }
        close(taken)
        guard rename(temporary, place) == 0 else { throw .system(path, "put it in its place") }
      default: throw .system(path, "put it in its place")
      }
    } else {
      unlink(temporary)
    }
    close(descriptor)
    descriptor = -1
    synchroniseFolder(parentFolder(place))
    return seal
  }

  private mutating func flush() throws(WinnowError) {
    let ready = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    filled = 0
    try send(ready)
  }

  private mutating func send(_ bytes: UnsafeRawBufferPointer) throws(WinnowError) {
    digest.update(bytes)
    var done = 0
    while done < bytes.count {
      let count = retrying {
        Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
      guard count >= 0 else { throw .system(path, "write it") }
      done += count
    }
    written += bytes.count
  }

  /// Writes one small file whole.
  public static func write(_ bytes: [UInt8], to path: String) throws(WinnowError) -> FileSeal {
    var file = try AtomicFile(path, capacity: max(1, bytes.count))
    try file.write(bytes)
    return try file.commit()
  }

  /// Writes one small file whole where nothing is.
  ///
  /// - Returns: false when something is there; it stays as it is.
  public static func writeNew(_ bytes: [UInt8], to path: String) throws(WinnowError) -> Bool {
    var file = try AtomicFile(path, capacity: max(1, bytes.count))
    try file.write(bytes)
    return try file.commitUnlessTaken() != nil
  }
}
