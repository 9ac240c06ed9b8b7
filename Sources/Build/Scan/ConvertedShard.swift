// The result of ConvertStage: a shard as a `.npy` file.  Behind the array stand the digest of the
// user's file, which the scan takes over, and a seal over all: readers of `.npy` do not look there.

import Foundations
import Ingest
import Storage
import Tasks

enum ConvertedShard {
  static func name(_ shard: Int) -> String { "shard-\(shard).npy" }

  private static let digestBytes = 64

  static func write(
    _ shard: EmbeddingShard, to path: String, _ options: IngestOptions, _ run: StageRun
  ) throws(WinnowError) {
    var digest = Digest()
    var file = try StageFile(path)
    let header = NpyHeader.bytes(shard.element.npyType, shape: [shard.rows, shard.dimensions])
    digest.update(header)
    try file.write(elements: header)
    let rows = try ConvertedRows(shard, options)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, (1 << 20) / shard.bytesPerRow) * shard.bytesPerRow, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      if run.isCancelled() { throw .interrupted }
      let count = try rows.read(into: buffer)
      if count == 0 { break }
      let part = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      digest.update(part)
      try file.write(part)
      run.progress(count / shard.bytesPerRow)
    }
    let source = Array(try Digest.ofFile(shard.path).utf8)
    digest.update(source)
    try file.write(elements: source)
    try file.write(elements: Array("\n\(digest.hex())\n".utf8))
    try file.commit()
  }

  /// Whether a converted shard is as it was written.
  ///
  /// - Complexity: O(bytes): reading it is cheap beside converting again.
  static func isWhole(_ path: String) -> Bool {
    var digest = Digest()
    guard let file = try? InputFile(path), file.size >= digestBytes + SealedFile.sealBytes,
      let seal: [UInt8] = try? file.elements(
        SealedFile.sealBytes, at: file.size - SealedFile.sealBytes),
      (try? file.forEachBlock(0..<file.size - SealedFile.sealBytes) { digest.update($0) }) != nil
    else { return false }
    return seal.elementsEqual("\n\(digest.hex())\n".utf8)
  }

  /// The SHA-256 of the file that a shard was converted from.
  static func sourceDigest(_ path: String) throws(WinnowError) -> String {
    let file = try InputFile(path)
    let digits: [UInt8] = try file.elements(
      digestBytes, at: max(0, file.size - SealedFile.sealBytes - digestBytes))
    return String(decoding: digits, as: UTF8.self)
  }
}
