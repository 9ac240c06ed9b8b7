import Foundations
import Storage

/// The ordered shards of a data set and what they were taken for.
public struct Dataset: Sendable, Codable {
  /// In the order of the inputs and, within a folder, in natural order; row numbers run over all.
  public let shards: [EmbeddingShard]
  /// Rows over all shards, 1 or more.
  public let rows: Int
  /// Components of a row, 1 or more.
  public let dimensions: Int
  /// What each input was taken for, in the order given.
  public let inputs: [RecognisedInput]
  /// The metadata columns in use, or nil when the data set has no metadata.
  public let columns: MetadataColumns?

  /// The row at which each shard begins, and `rows` at the end.
  public let firstRows: [Int]

  /// Bytes of all embeddings.
  public var embeddingBytes: Int { shards.reduce(0) { $0 + $1.rows * $1.bytesPerRow } }

  /// What the inputs were taken for and which columns are used, a line each, for people.
  public var layout: String {
    var lines = inputs.map(\.description)
    if let columns {
      func text(_ name: String?, _ none: String) -> String { name.map { "'\($0)'" } ?? none }
      let others = columns.furtherNumeric.map { "'\($0)'" }.joined(separator: ", ")
      lines.append(
        "columns: key \(text(columns.key, "none (row numbers)")), "
          + "caption \(text(columns.caption, "none")), "
          + "similarity \(text(columns.similarity, "none"))"
          + (others.isEmpty ? "" : ", numbers \(others)"))
    }
    return lines.joined(separator: "\n")
  }

  init(
    shards: [EmbeddingShard], inputs: [RecognisedInput], columns: MetadataColumns?
  ) {
    self.shards = shards
    self.inputs = inputs
    self.columns = columns
    dimensions = shards[0].dimensions
    var firstRows = [0]
    for shard in shards { firstRows.append(firstRows.last! + shard.rows) }
    self.firstRows = firstRows
    rows = firstRows.last!
  }

  /// What of the user's words decides how the shards' files are read, by the flags; empty where every
  /// file says it all itself.
  public var readBy: [String: String] {
    var words: [String: String] = [:]
    let names = inputs.compactMap(\.embedding)
    if !names.isEmpty { words["--embedding"] = names.joined(separator: ", ") }
    let maps = zip(inputs, inputShards).filter { $0.0.layout == .map }.map { $0.1.first! }
    if !maps.isEmpty {
      words["--shape"] = maps.map { "\($0.rows),\($0.dimensions)" }.joined(separator: " ")
    }
    return words
  }

  private var inputShards: [ArraySlice<EmbeddingShard>] {
    var start = 0
    return inputs.map { input in
      defer { start += input.shards }
      return shards[start..<start + input.shards]
    }
  }

  /// The same data set, its shards that need it read from what they were converted to.
  ///
  /// - Parameter place: the path of a `.npy` file, given the number of the shard.
  public func converted(to place: (Int) -> String) -> Dataset {
    let shards = shards.enumerated().map { number, shard in
      guard shard.needsConversion else { return shard }
      let header = NpyHeader.bytes(shard.element.npyType, shape: [shard.rows, shard.dimensions])
      return shard.converted(to: place(number), dataOffset: header.count)
    }
    return Dataset(shards: shards, inputs: inputs, columns: columns)
  }

  /// Finds out what the inputs are, from names and headers alone.
  ///
  /// Files are `*.npy` with an (n, d) array of little-endian float16, float32 or float64 in C
  /// order, archives of such files (`*.npz`), float32 numbers of a shape that the user said, or
  /// Parquet with a column of lists.  Folders are clip-retrieval folders (`img_emb/img_emb_N.npy` in
  /// the order of N, with `metadata/metadata_N.parquet`, `.csv` or `.jsonl` for all shards or for
  /// none), DataComp pools, or hold `*.npy` or `*.parquet` files themselves (natural order, top
  /// level).  Of Parquet the footers and a first row are read, of CSV the header, of JSON lines the
  /// first lines and of archives the directory.
  ///
  /// - Parameter inputs: files and folders; at least one.
  /// - Throws: ``WinnowError`` for the first thing that is wrong with them.
  /// - Complexity: O(number of shards); the embeddings themselves are not read.
  public static func discover(
    _ inputs: [String], _ options: IngestOptions
  ) throws(WinnowError) -> Dataset {
    var found: [(layout: Layout, shards: [EmbeddingShard])] = []
    var maps = 0
    for input in inputs {
      let layout = try Layout.recognise(input, options)
      found.append((layout, try layout.shards(of: input, map: maps, options)))
      if layout == .map { maps += 1 }
    }
    guard maps >= options.shapes.count || maps > 0 && options.shapes.count == 1 else {
      throw WinnowError(
        path: "--shape",
        fault: "expected a shape for each file without a header, found \(options.shapes.count) for "
          + "\(maps)",
        remedy: "leave it out for files with a header")
    }
    guard let first = found.first(where: { !$0.shards.isEmpty })?.shards.first else {
      throw WinnowError(
        path: "inputs", fault: "expected at least one file or folder, found none",
        remedy: "name a .npy file or a folder of them")
    }
    if !options.keyFiles.isEmpty { try addKeys(to: &found, options) }
    let recognised = zip(inputs, found).map { input, found in
      RecognisedInput(
        input, found.layout, found.shards, pictures: found.layout.pictures(of: input))
    }
    let shards = found.flatMap(\.shards)
    try checkAgreement(shards, recognised)
    guard shards.contains(where: { $0.rows > 0 }) else {
      throw WinnowError(
        path: first.path, fault: "expected at least one row, found none",
        remedy: "name files that have embeddings")
    }
    return Dataset(
      shards: shards, inputs: recognised, columns: try MetadataColumns(of: shards, options))
  }

  private static func addKeys(
    to found: inout [(layout: Layout, shards: [EmbeddingShard])], _ options: IngestOptions
  ) throws(WinnowError) {
    let shards = found.flatMap(\.shards)
    if let other = shards.first(where: { $0.metadata != nil }) {
      throw WinnowError(
        path: "--keys",
        fault: "expected embeddings without metadata, found \(other.metadata!.path)",
        remedy: "choose its key column with --key")
    }
    guard options.keyFiles.count == shards.count else {
      throw WinnowError(
        path: "--keys",
        fault: "expected \(shards.count), one for each embedding file, found "
          + "\(options.keyFiles.count)",
        remedy: "give --keys FILE once for each file, in the same order")
    }
    var next = 0
    for input in found.indices {
      for shard in found[input].shards.indices {
        let own = found[input].shards[shard]
        found[input].shards[shard].metadata = try .keyMap(
          options.keyFiles[next], rows: own.rows, of: own.path, width: options.keyWidth)
        next += 1
      }
    }
  }

  /// Checks what one shard alone cannot show.
  private static func checkAgreement(
    _ shards: [EmbeddingShard], _ inputs: [RecognisedInput]
  ) throws(WinnowError) {
    let first = shards[0]
    for shard in shards where shard.dimensions != first.dimensions {
      throw WinnowError(
        path: shard.path,
        fault: "expected \(first.dimensions) dimensions, as \(first.path) has, found "
          + "\(shard.dimensions)",
        remedy: "give only shards from one encoder")
    }
    var seen: [String: String] = [:]
    for shard in shards {
      if let earlier = seen.updateValue(shard.path, forKey: resolvedPath(shard.path)) {
        throw WinnowError(
          path: shard.path,
          fault: "expected every shard once, found it again"
            + (earlier == shard.path ? "" : " as \(earlier)"),
          remedy: "name every input once")
      }
    }
    if let with = inputs.first(where: { $0.metadata != nil }),
      let without = inputs.first(where: { $0.metadata == nil })
    {
      throw WinnowError(
        path: without.path,
        fault: "expected metadata as \(with.path) has, found none",
        remedy: "give every input metadata, or name the embedding folders themselves "
          + "(\(with.path)/img_emb) to build without it")
    }
  }
}
