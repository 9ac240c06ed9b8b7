/// The metadata of some consecutive rows of a shard, column by column.
///
/// Row i's key is `keyBytes[keyOffsets[i] ..< keyOffsets[i + 1]]`, and so for captions.  A column
/// that the data set does not have is empty: no bytes, no offsets, no similarities.
public struct MetadataBlock: Sendable {
  /// The first row, counted within the shard from 0.
  public internal(set) var firstRow = 0
  /// Number of rows.
  public internal(set) var rows = 0
  /// Valid UTF-8, none of them empty.
  public internal(set) var keyBytes: [UInt8] = []
  public internal(set) var keyOffsets: [Int] = []
  /// Valid UTF-8; a missing caption is empty.
  public internal(set) var captionBytes: [UInt8] = []
  public internal(set) var captionOffsets: [Int] = []
  /// NaN where it is missing.
  public internal(set) var similarity: [Float] = []
  /// The values of each column of numbers, in the order of ``MetadataColumns/numeric``: finite, or
  /// NaN where one is missing.
  public internal(set) var numeric: [[Double]] = []

  public init() {}

  mutating func clear(from row: Int) {
    firstRow = row
    rows = 0
    keyBytes.removeAll(keepingCapacity: true)
    keyOffsets.removeAll(keepingCapacity: true)
    captionBytes.removeAll(keepingCapacity: true)
    captionOffsets.removeAll(keepingCapacity: true)
    similarity.removeAll(keepingCapacity: true)
    for column in numeric.indices { numeric[column].removeAll(keepingCapacity: true) }
  }
}
