import Foundation
import Ingest
import TestSupport
import Testing

/// Rows come as they lie in the file.
struct ShardReaderTests {
  @Test func anyRangeOfRows() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.npy", npyFile(rows: 100, dimensions: 3))
    let shard = try Dataset.discover([path], options()).shards[0]
    let reader = try ShardReader(shard)
    for rows in [0..<100, 0..<1, 99..<100, 40..<60, 7..<7] {
      // One element more than needed must stay as it is.
      var buffer = [Float](repeating: -1, count: rows.count * 3 + 1)
      try buffer.withUnsafeMutableBytes { try reader.read(rows: rows, into: $0) }
      #expect(buffer == (rows.lowerBound * 3..<rows.upperBound * 3).map(Float.init) + [-1])
    }
  }

  @Test func aFileThatShrankOrVanished() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.npy", npyFile(rows: 100, dimensions: 4))
    let shard = try Dataset.discover([path], options()).shards[0]
    let reader = try ShardReader(shard)
    try folder.write("a.npy", Array(npyFile(rows: 100, dimensions: 4).dropLast(8)))
    #expect(
      message(folder) { _ = try ShardReader(shard) }
        == "FOLDER/a.npy: expected at least 1728 bytes for 100 rows, found 1720; it was changed "
        + "while it was read: start again")
    try FileManager.default.removeItem(atPath: path)
    #expect(
      message(folder) { _ = try ShardReader(shard) }
        == "FOLDER/a.npy: cannot open it: no such file or directory; check the path")
    // The open file goes on being readable.
    var row = [Float](repeating: 0, count: 4)
    try row.withUnsafeMutableBytes { try reader.read(rows: 1..<2, into: $0) }
    #expect(row == [4, 5, 6, 7])
  }

  @Test func truncatedUnderTheReader() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.npy", npyFile(rows: 100, dimensions: 4))
    let reader = try ShardReader(try Dataset.discover([path], options()).shards[0])
    truncate(path, 1000)
    var row = [Float](repeating: 0, count: 40)
    #expect(
      message(folder) {
        try row.withUnsafeMutableBytes { try reader.read(rows: 50..<60, into: $0) }
      }
        == "FOLDER/a.npy: expected 160 bytes at byte 928, found 72: it is truncated; fetch or "
        + "write it again")
  }
}
