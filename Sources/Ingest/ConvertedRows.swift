import Foundations
import Storage

/// The rows of a shard that cannot be read in place, from the first to the last: a deflated member
/// inflated, a Parquet column of lists turned into an array.
///
/// Memory is a few buffers (and of Parquet what `duckdb` takes: about a row group).
public final class ConvertedRows {
  private enum Source {
    case member(MemberInflation)
    case lists(ListRows)
  }

  private let shard: EmbeddingShard
  private let source: Source

  /// - Precondition: ``EmbeddingShard/needsConversion``.
  /// - Throws: ``WinnowError`` when the file, or the program that reads it, cannot be opened.
  public init(_ shard: EmbeddingShard, _ options: IngestOptions) throws(WinnowError) {
    self.shard = shard
    switch shard.form {
    case .plain: preconditionFailure("the shard's rows are in place")
    case .listColumn(let column): source = .lists(try ListRows(shard, column, options))
    case .member(let member):
      let stream = try MemberInflation(member, of: shard.path)
      _ = try stream.bytes(shard.dataOffset)
      source = .member(stream)
    }
  }

  /// Puts the next rows into `buffer`, whole ones only.
  ///
  /// - Parameter buffer: a whole number of rows, one at least.
  /// - Returns: the bytes of the rows; 0 at the end, where sizes and checksums have agreed.
  /// - Throws: ``WinnowError`` that names the file and the row or member.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(WinnowError) -> Int {
    let bytesPerRow = shard.bytesPerRow
    precondition(buffer.count >= bytesPerRow && buffer.count % bytesPerRow == 0)
    switch source {
    case .member(let stream):
      return try stream.read(into: buffer)
    case .lists(let lists):
      for start in stride(from: 0, to: buffer.count, by: bytesPerRow) {
        let row = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + bytesPerRow])
        if try !lists.next(into: row) { return start }
      }
      return buffer.count
    }
  }
}
