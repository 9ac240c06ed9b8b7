import Foundations

/// An SQL condition over the metadata columns of a row, evaluated by the `duckdb` program.
public struct RowCondition: Sendable {
  /// What was checked, to be asked later, perhaps by another process.
  public struct Checked: Sendable, Codable {
    fileprivate let text: String
    /// The columns of the text files of each format, by its name.
    fileprivate var types: [String: [DuckDB.ColumnType]] = [:]

    /// What the columns of the text files are taken for, which follows from all of them; nil where
    /// there are none.
    public var columnTypes: String? {
      if types.isEmpty { return nil }
      return types.sorted { $0.key < $1.key }.flatMap(\.value).map {
        "\($0.name) \($0.type)"
      }.joined(separator: ", ")
    }

    fileprivate func types(of file: MetadataFile) -> [DuckDB.ColumnType] {
      types[file.format.rawValue] ?? []
    }
  }

  /// The condition, as it fits the data set.
  public private(set) var checked: Checked
  private let program: DuckDB

  /// Text files that are looked into for what their columns hold, 20,480 lines of each.
  private static let sampledFiles = 64

  /// Checks the condition and, on the first metadata file, that its columns are there.
  ///
  /// - Precondition: the data set has metadata.
  /// - Throws: ``WinnowError`` when there is no such program, or the text is no condition on one
  ///   row's columns, or does not fit them.
  public init(_ text: String, _ dataset: Dataset, _ options: IngestOptions) throws(WinnowError) {
    try self.init(Checked(text: text), options)
    try program.check(text)
    // A file without rows may be without columns, too.
    let files = dataset.shards.filter { $0.rows > 0 }.compactMap(\.metadata)
    if let map = files.first(where: { $0.format == .keyMap }) {
      throw WinnowError(
        path: map.path, fault: "--where: expected metadata with columns, found fixed-width keys",
        remedy: "choose rows by their keys with --allow or --deny")
    }
    for format in [MetadataFile.Format.csv, .jsonLines] {
      let own = files.filter { $0.format == format }
      if own.isEmpty { continue }
      // Evenly among all.
      let count = min(own.count, Self.sampledFiles)
      var found = try program.types(of: (0..<count).map { own[$0 * own.count / count] })
      // Keys and captions are texts also where all of them look like numbers.
      for place in found.indices
      where [dataset.columns?.key, dataset.columns?.caption].contains(found[place].name) {
        found[place].type = "VARCHAR"
      }
      checked.types[format.rawValue] = found
    }
    guard let first = files.first else { preconditionFailure("the data set has no metadata") }
    try program.bind(text, to: first, checked.types(of: first))
  }

  /// A condition that was checked before.
  ///
  /// - Throws: ``WinnowError`` when there is no such program.
  public init(_ checked: Checked, _ options: IngestOptions) throws(WinnowError) {
    self.checked = checked
    program = try DuckDB(
      options, for: "--where", need: ("the condition", "filter the inputs beforehand"))
  }

  /// Calls `take` with whether the condition holds for each row of a shard, in order, until it returns
  /// false; for NULL it does not hold.
  ///
  /// - Throws: ``WinnowError`` with the program's reason, or when the metadata has not as many rows
  ///   as the shard.
  /// - Complexity: O(bytes of the metadata) time, constant memory here and about 70 MB in the
  ///   program.
  public func evaluate(
    _ shard: EmbeddingShard, take: (Bool) -> Bool
  ) throws(WinnowError) {
    guard let file = shard.metadata, shard.rows > 0 else { return }
    var found = 0
    var isWanted = true
    try program.evaluate(checked.text, of: file, checked.types(of: file)) { holds in
      found += 1
      if found <= shard.rows { isWanted = take(holds) }
      return isWanted
    }
    guard !isWanted || found == shard.rows else {
      throw .rowCount(file, found, shard.path, shard.rows)
    }
  }
}
