/// A file with one record for each row of a shard.
public struct MetadataFile: Sendable, Equatable {
  public enum Format: String, Sendable, CaseIterable {
    case parquet, csv
    /// One JSON object a line.
    case jsonLines = "jsonl"
  }

  public let path: String
  public let format: Format

  public init(path: String, format: Format) {
    self.path = path
    self.format = format
  }
}
