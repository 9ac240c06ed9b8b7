// The digest of an input's file, taken while its rows are read anyway; and of a member of an archive
// that is read in place, whether its bytes have the archive's checksum.

import Foundations
import Ingest
import Storage

struct InputHash {
  private let shard: EmbeddingShard
  private var digest = Digest()
  private var checksum = CRC32()
  /// How far the file was given.
  private var offset = 0

  /// - Parameter shard: of a converted one nothing is to be given, its digest was taken before.
  init(_ shard: EmbeddingShard) { self.shard = shard }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    digest.update(bytes)
    if let wanted = shard.checksum {
      let part = wanted.bytes.clamped(to: offset..<offset + bytes.count)
      if !part.isEmpty {
        checksum.update(
          UnsafeRawBufferPointer(
            rebasing: bytes[part.lowerBound - offset..<part.upperBound - offset]))
      }
    }
    offset += bytes.count
  }

  mutating func update(of path: String, _ range: Range<Int>) throws(WinnowError) {
    if range.isEmpty { return }
    try InputFile(path).forEachPart(range) { update($0) }
  }

  /// Takes the rest of the file.
  ///
  /// - Returns: its SHA-256.
  /// - Throws: ``WinnowError`` when the member has another checksum.
  mutating func finish() throws(WinnowError) -> String {
    if shard.isConverted { return try ConvertedShard.sourceDigest(shard.rowsPath) }
    let path = shard.path
    let size = try InputFile(path).size
    try update(of: path, offset..<max(offset, size))
    if let wanted = shard.checksum, checksum.value != wanted.crc32 {
      throw .checksum(path, shard.embeddingName ?? "")
    }
    return digest.hex()
  }
}
