/// A file with one record for each row of a shard.
public struct MetadataFile: Sendable, Equatable, Codable {
  public enum Format: String, Sendable, CaseIterable, Codable {
    case parquet, csv
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// Keys of one width, one after the other, filled up with zero bytes (numpy's `S24`).
    case keyMap = "keys of one width"

    /// The formats that a folder's files have by their suffixes.
    static let bySuffix: [Format] = [.parquet, .csv, .jsonLines]
  }

  public let path: String
  public let format: Format
  /// Of a key map: bytes of a key, and where the first begins.
  let keyWidth: Int
  let keyOffset: Int

  public init(path: String, format: Format, keyWidth: Int = 0, keyOffset: Int = 0) {
    self.path = path
    self.format = format
    self.keyWidth = keyWidth
    self.keyOffset = keyOffset
  }
}
