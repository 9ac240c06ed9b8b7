import Foundations

/// Reads the metadata of a data set, shard by shard; any thread may read any shard.
public struct MetadataReader: Sendable {
  public let dataset: Dataset
  private let options: IngestOptions

  /// - Precondition: the data set has metadata (``Dataset/columns`` is not nil).
  public init(_ dataset: Dataset, _ options: IngestOptions) {
    precondition(dataset.columns != nil, "the data set has no metadata")
    self.dataset = dataset
    self.options = options
  }

  /// The metadata of one shard.
  ///
  /// - Throws: ``WinnowError`` when the file, or the program that reads it, cannot be opened.
  public func stream(_ shard: Int) throws(WinnowError) -> MetadataStream {
    try MetadataStream(dataset.shards[shard], dataset.columns!, options)
  }
}

extension MetadataFile {
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
