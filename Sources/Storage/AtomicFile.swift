// A file that appears whole or not at all: written beside its place under another name, brought
// to the disk, renamed, and the folder brought to the disk.  Whoever is interrupted leaves the
// old file as it was.

import Foundations

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
  private var file: StageFile
  private let buffer: UnsafeMutableRawBufferPointer
  private var filled = 0
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
    file = try StageFile(path, place: Self.place(of: path))
    self.isDurable = isDurable
    buffer = .allocate(byteCount: capacity, alignment: 64)
  }

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
        path: path, fault: "expected a file or nothing, found a broken link",
        remedy: "remove the link or name a file")
    }
    return resolvedPath(path)
  }

  deinit { buffer.deallocate() }

  /// Where the file will be.
  public var path: String { file.path }

  /// Bytes given so far.
  public var count: Int { file.count + filled }

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
    if isDurable { try file.synchronise() }
    let seal = FileSeal(size: file.count, digest: digest.hex())
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
    try file.commit()
    synchroniseFolder(parentFolder(file.place))
    return seal
  }

  private mutating func flush() throws(WinnowError) {
    let ready = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    filled = 0
    try send(ready)
  }

  private mutating func send(_ bytes: UnsafeRawBufferPointer) throws(WinnowError) {
    digest.update(bytes)
    try file.write(bytes)
  }

  /// Writes one small file whole.
  public static func write(_ bytes: [UInt8], to path: String) throws(WinnowError) -> FileSeal {
    var file = try AtomicFile(path, capacity: max(1, bytes.count))
    try file.write(bytes)
    return try file.commit()
  }

  /// Writes one small file whole where nothing is.
  ///
  /// Of several that try at once, in any process, one succeeds.
  ///
  /// - Returns: false when something is there; it stays as it is.
  public static func writeNew(_ bytes: [UInt8], to path: String) throws(WinnowError) -> Bool {
    var file = try AtomicFile(path, capacity: max(1, bytes.count))
    try file.write(bytes)
    _ = try file.finish()
    guard try file.file.commitUnlessTaken() else { return false }
    synchroniseFolder(parentFolder(file.file.place))
    return true
  }
}

/// Writes an array of pieces of files, one after another.
///
/// - Parameter pieces: path, first byte and bytes of each.
/// - Throws: ``WinnowError``; then nothing is there.
/// - Complexity: O(bytes), 2 MiB of memory.
package func joinFiles(
  _ pieces: [(path: String, start: Int, count: Int)], to path: String, _ type: NpyType,
  shape: [Int], _ isCancelled: () -> Bool
) throws(WinnowError) -> FileSeal {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  defer { buffer.deallocate() }
  var output = try AtomicFile.array(path, type, shape: shape)
  for piece in pieces {
    let input = try InputFile(piece.path)
    for offset in stride(from: 0, to: piece.count, by: buffer.count) {
      if isCancelled() { throw .interrupted }
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<min(buffer.count, piece.count - offset)])
      try input.readExactly(into: bytes, at: piece.start + offset)
      try output.write(UnsafeRawBufferPointer(bytes))
    }
  }
  return try output.commit()
}
