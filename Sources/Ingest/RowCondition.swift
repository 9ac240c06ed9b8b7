/// An SQL condition over the metadata columns of a row, evaluated by the `duckdb` program.
public struct RowCondition: Sendable {
  private let text: String
  private let program: DuckDB

  /// Checks the condition and, on the first metadata file, that its columns are there.
  ///
  /// - Precondition: the data set has metadata.
  /// - Throws: ``IngestError`` when there is no such program, or the text is no condition on one
  ///   row's columns, or does not fit them.
  public init(_ text: String, _ dataset: Dataset, _ options: IngestOptions) throws(IngestError) {
    self.text = text
    program = try DuckDB(
      options, for: "--where", need: ("the condition", "filter the inputs before"))
    try program.check(text)
    guard let first = dataset.shards.first(where: { $0.rows > 0 })?.metadata else {
      preconditionFailure("the data set has no metadata")
    }
    try program.bind(text, to: first)
  }

  /// Calls `take` with whether the condition holds for each row of a shard, in order, until it returns
  /// false; for NULL it does not hold.
  ///
  /// - Throws: ``IngestError`` with the program's reason, or when the metadata has not as many rows
  ///   as the shard.
  /// - Complexity: O(bytes of the metadata) time, constant memory here and about 70 MB in the
  ///   program.
  public func evaluate(
    _ shard: EmbeddingShard, take: (Bool) -> Bool
  ) throws(IngestError) {
    // A CSV file may be a header only, of which no types can be told.
    guard let file = shard.metadata, shard.rows > 0 else { return }
    var found = 0
    var isWanted = true
    try program.evaluate(text, of: file) { holds in
      found += 1
      if found <= shard.rows { isWanted = take(holds) }
      return isWanted
    }
    guard !isWanted || found == shard.rows else { throw .rowCount(file, found, shard.path, shard.rows) }
  }
}
