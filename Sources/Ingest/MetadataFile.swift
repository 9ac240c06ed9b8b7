import Foundations

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

  /// A parser of this file for the columns `names`, and behind them `numbers`.
  func parser(
    _ names: [String], numbers: [String], _ options: IngestOptions
  ) throws(WinnowError) -> any RecordParser {
    switch format {
    case .csv:
      let parser = try CSVParser(FileSource(path), path: path)
      let columns = parser.header
      for name in names + numbers where !columns.contains(name) {
        throw WinnowError(
          path: path, fault: "expected a column '\(name)', found it no more",
          remedy: "it was changed while it was read: start again")
      }
      parser.want(names + numbers)
      return parser
    case .jsonLines:
      return try JSONLinesParser(FileSource(path), path: path, wanted: names, numbers: numbers)
    case .keyMap: return try KeyMapParser(self, names)
    case .parquet:
      return try DuckDB(options, for: path).rows(of: path, names, numbers: numbers)
    }
  }
}
