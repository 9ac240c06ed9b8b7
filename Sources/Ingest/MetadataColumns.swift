// Which metadata columns mean what.  The usual names come from the tools that write such files:
// uid and clip_l14_similarity_score from DataComp, key and caption from img2dataset, image_path
// and similarity from clip-retrieval and LAION, id from NeMo Curator.

import Foundations

/// The metadata columns that are used, by name; nil where there is none.
public struct MetadataColumns: Sendable, Equatable, Codable {
  public var key: String?
  public var caption: String?
  public var similarity: String?
  /// The columns of numbers, in the order of the first file, the similarity among them; key and
  /// caption are none.  At most ``mostNumeric``.
  public var numeric: [String]

  public init(
    key: String? = nil, caption: String? = nil, similarity: String? = nil, numeric: [String] = []
  ) {
    self.key = key
    self.caption = caption
    self.similarity = similarity
    self.numeric = numeric
  }

  /// More columns of numbers than this are left out.
  public static let mostNumeric = 64

  static let keyNames = ["uid", "key", "image_path", "id"]
  static let captionNames = ["caption", "text"]
  static let similarityNames = ["similarity", "clip_l14_similarity_score"]

  /// The columns of numbers that have no other use.
  var furtherNumeric: [String] { numeric.filter { $0 != similarity } }

  /// The names in use as key, caption or similarity, each once.
  var names: [String] {
    var names: [String] = []
    for name in [key, caption, similarity] {
      if let name, !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Chooses among the columns `found` in the first file.
  ///
  /// - Throws: ``WinnowError`` when a column that the user named is not there, or a chosen one
  ///   is there twice.
  init(
    choosingFrom found: [String], of file: MetadataFile, _ options: IngestOptions
  ) throws(WinnowError) {
    func choose(_ named: String?, _ usual: [String]) throws(WinnowError) -> String? {
      guard let name = named ?? usual.first(where: found.contains) else { return nil }
      let count = found.count { $0 == name }
      guard count > 0 else { throw Self.missing(name, found, file) }
      guard count == 1 else {
        throw WinnowError(
          path: file.path, fault: "expected one column '\(name)', found \(count)",
          remedy: "rename the others")
      }
      return name
    }
    key = try choose(options.key, Self.keyNames)
    caption = try choose(options.caption, Self.captionNames)
    similarity = try choose(options.similarity, Self.similarityNames)
    numeric = []
  }

  /// Checks that a further file has what was chosen from the first.
  func check(_ found: [String], of file: MetadataFile) throws(WinnowError) {
    for name in names where !found.contains(name) {
      throw Self.missing(name, found, file)
    }
  }

  private static func missing(
    _ name: String, _ found: [String], _ file: MetadataFile
  ) -> WinnowError {
    let list = found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", ")
    return WinnowError(
      path: file.path, fault: "expected a column '\(name)', found \(list)",
      remedy: "every metadata file needs it: choose another column with --key, --caption or "
        + "--similarity")
  }

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

  /// The columns of numbers of a file with rows, in its order.
  ///
  /// Parquet has types; of CSV and JSON lines the first file with rows tells.  A column that a
  /// further file has not, or with another type, is left out rather than refused: nobody asked for
  /// it.
  static func numericNames(
    _ file: MetadataFile, _ summary: DuckDB.Summary?
  ) throws(WinnowError) -> [String] {
    switch file.format {
    case .parquet: summary?.numeric ?? []
    case .csv: try sampledNumbers(ofCSV: file)
    case .jsonLines:
      // Every value is a number or null, and one at least a number.
      try sampledFields(file).filter { $0.kinds.subtracting([.null]) == [.number] }.map(\.name)
    case .keyMap: []
    }
  }

  /// The columns of which every value is a number or missing, and one at least a number.
  private static func sampledNumbers(
    ofCSV file: MetadataFile
  ) throws(WinnowError) -> [String] {
    let parser = try CSVParser(FileSource(file.path), path: file.path)
    // Of two columns of one name nobody could say which is meant.
    let names = parser.header.filter { name in parser.header.count { $0 == name } == 1 }
    parser.want(names)
    let record = Record(fields: names.count)
    var hasNumber = [Bool](repeating: false, count: names.count)
    var hasText = hasNumber
    for _ in 0..<sampledLines {
      // A line that cannot be read is refused where it is read in earnest.
      guard (try? parser.next(record)) == true else { break }
      for slot in names.indices where !hasText[slot] {
        guard let value = parseNumber(record.text(slot)) else {
          hasText[slot] = true
          continue
        }
        if !value.isNaN { hasNumber[slot] = true }
      }
    }
    return names.indices.filter { hasNumber[$0] && !hasText[$0] }.map { names[$0] }
  }
}
