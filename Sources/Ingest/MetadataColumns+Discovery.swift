// What columns the metadata files have, read from their footers, headers or first lines.

import Foundations

extension MetadataColumns {
  /// JSON lines have no header, and CSV no types: this many lines tell what there is.
  static let sampledLines = 1000

  /// Chooses the columns from the first shard's metadata and checks that all shards have them;
  /// nil when there is no metadata.
  ///
  /// - Throws: ``WinnowError``, also where a Parquet footer's number of rows is not the shard's.
  init?(of shards: [EmbeddingShard], _ options: IngestOptions) throws(WinnowError) {
    guard shards[0].metadata != nil else {
      if let name = options.key ?? options.caption ?? options.similarity {
        throw WinnowError(
          path: shards[0].path, fault: "expected metadata with a column '\(name)', found none",
          remedy: "name a clip-retrieval folder with metadata, or leave out --key, --caption and "
            + "--similarity")
      }
      return nil
    }
    var chosen: MetadataColumns?
    // What every Parquet and CSV file has; JSON lines need not have anything.
    var common: Set<String>?
    func keepCommon(_ names: [String]) { common = common?.intersection(names) ?? Set(names) }
    let summaries = try Self.parquetSummaries(shards, options)
    for shard in shards {
      guard let file = shard.metadata else { preconditionFailure("a shard without metadata") }
      // A shard without rows has no line that could name a field.
      if file.format == .jsonLines, shard.rows == 0 { continue }
      let found: [String]
      switch file.format {
      case .parquet:
        found = summaries[file.path]!.columns
        keepCommon(summaries[file.path]!.numeric)
      case .csv:
        found = try CSVParser(FileSource(file.path), path: file.path).header
        keepCommon(found)
      case .jsonLines: found = try Self.sampledFields(file).map(\.name)
      case .keyMap: found = [KeyMapParser.column]
      }
      if let chosen {
        try chosen.check(found, of: file)
      } else {
        chosen = try MetadataColumns(choosingFrom: found, of: file, options)
      }
    }
    self = chosen ?? MetadataColumns()
    guard let first = shards.first(where: { $0.rows > 0 })?.metadata else { return }
    let others = try Self.numericNames(first, summaries[first.path]).filter { name in
      name != key && name != caption && name != similarity && common?.contains(name) != false
    }
    numeric = Array(((similarity.map { [$0] } ?? []) + others).prefix(Self.mostNumeric))
  }

  private static func parquetSummaries(
    _ shards: [EmbeddingShard], _ options: IngestOptions
  ) throws(WinnowError) -> [String: DuckDB.Summary] {
    let parquet = shards.filter { $0.metadata?.format == .parquet }
    guard let first = parquet.first?.metadata else { return [:] }
    let paths = parquet.map { $0.metadata!.path }
    let program = try DuckDB(options, for: first.path)
    var summaries: [String: DuckDB.Summary] = [:]
    for (shard, summary) in zip(parquet, try program.summaries(of: paths)) {
      guard summary.rows == shard.rows else {
        throw .rowCount(shard.metadata!, summary.rows ?? 0, shard.path, shard.rows)
      }
      summaries[shard.metadata!.path] = summary
    }
    return summaries
  }

  /// The fields of the first JSON lines, in the order in which they come, and what is in them.
  static func sampledFields(
    _ file: MetadataFile
  ) throws(WinnowError) -> [(name: String, kinds: Set<JSONScanner.Kind>)] {
    let parser = try JSONLinesParser(FileSource(file.path), path: file.path, wanted: [])
    var order: [String] = []
    var kinds: [String: Set<JSONScanner.Kind>] = [:]
    for _ in 0..<sampledLines {
      guard let fields = try parser.nextFields() else { break }
      for (name, kind) in fields {
        if kinds[name] == nil { order.append(name) }
        kinds[name, default: []].insert(kind)
      }
    }
    return order.map { ($0, kinds[$0]!) }
  }
}
