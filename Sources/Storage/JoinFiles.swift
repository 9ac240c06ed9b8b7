import Foundations

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
