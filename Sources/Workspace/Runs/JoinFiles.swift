import Storage

/// Writes an array of pieces of files, one after another.
///
/// - Parameter pieces: path, first byte and bytes of each.
/// - Throws: ``WorkspaceError``; then nothing is there.
/// - Complexity: O(bytes), 2 MiB of memory.
func joinFiles(
  _ pieces: [(path: String, start: Int, count: Int)], to path: String, _ type: NpyType,
  shape: [Int], _ isCancelled: () -> Bool
) throws(WorkspaceError) -> FileSeal {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  defer { buffer.deallocate() }
  var output = try storing { () throws(StorageError) in
    var file = try AtomicFile(path)
    try file.write(NpyHeader.bytes(type, shape: shape))
    return file
  }
  for piece in pieces {
    let input = try storing { () throws(StorageError) in try InputFile(piece.path) }
    for offset in stride(from: 0, to: piece.count, by: buffer.count) {
      if isCancelled() { throw .interrupted }
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<min(buffer.count, piece.count - offset)])
      try storing { () throws(StorageError) in
        try input.readExactly(into: bytes, at: piece.start + offset)
        try output.write(UnsafeRawBufferPointer(bytes))
      }
    }
  }
  return try storing { () throws(StorageError) in try output.commit() }
}
