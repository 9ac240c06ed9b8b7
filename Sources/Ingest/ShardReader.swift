import Foundations
import Storage

/// Reads rows of one shard as they lie in its ``EmbeddingShard/rowsPath``; any thread may read at any
/// time.
///
/// Widening and scaling are the arithmetic's business, not ours.
public final class ShardReader: Sendable {
  public let shard: EmbeddingShard
  private let file: InputFile

  /// - Throws: ``WinnowError`` when the file is gone or is shorter than when it was discovered.
  public init(_ shard: EmbeddingShard) throws(WinnowError) {
    precondition(!shard.needsConversion || shard.isConverted, "the shard is not converted")
    let file = try InputFile(shard.rowsPath)
    let end = shard.dataOffset + shard.rows * shard.bytesPerRow
    guard file.size >= end else {
      throw WinnowError(
        path: shard.rowsPath,
        fault: "expected at least \(end) bytes for \(shard.rows) rows, found \(file.size)",
        remedy: "it was changed while it was read: start again")
    }
    self.shard = shard
    self.file = file
  }

  /// Reads the rows `rows` of this shard into the beginning of `buffer`.
  ///
  /// - Parameters:
  ///   - rows: 0-based and within the shard.
  ///   - buffer: at least `rows.count * shard.bytesPerRow` bytes.
  /// - Throws: ``WinnowError`` when the system cannot read them.
  /// - Complexity: O(bytes read); one system call as a rule, no memory.
  public func read(
    rows: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(WinnowError) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= shard.rows, "rows outside the shard")
    let count = rows.count * shard.bytesPerRow
    precondition(buffer.count >= count, "the buffer is too small for the rows")
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]),
      at: shard.dataOffset + rows.lowerBound * shard.bytesPerRow)
  }
}
