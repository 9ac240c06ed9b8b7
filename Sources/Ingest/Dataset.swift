import Storage

/// The ordered shards of a data set and what they were taken for.
public struct Dataset: Sendable {
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

  /// Finds out what the inputs are, from names and headers alone.
  ///
  /// Files are `*.npy` with an (n, d) array of little-endian float16, float32 or float64 in C
  /// order.  Folders are clip-retrieval folders (`img_emb/img_emb_N.npy` in the order of N, with
  /// `metadata/metadata_N.parquet`, `.csv` or `.jsonl` for all shards or for none) or hold
  /// `*.npy` files themselves (natural order, top level).  Of Parquet the footers are read, of
  /// CSV the header and of JSON lines the first lines.
  ///
  /// - Parameter inputs: files and folders; at least one.
  /// - Throws: ``IngestError`` for the first thing that is wrong with them.
  /// - Complexity: O(number of shards); the embeddings themselves are not read.
  public static func discover(
    _ inputs: [String], _ options: IngestOptions
  ) throws(IngestError) -> Dataset {
    var shards: [EmbeddingShard] = []
    var recognised: [RecognisedInput] = []
    for input in inputs {
      let (layout, files) = try Layout.recognise(input)
      let first = shards.count
      for file in files {
        shards.append(try EmbeddingShard(npy: file.embeddings, metadata: file.metadata))
      }
      recognised.append(RecognisedInput(input, layout, Array(shards[first...])))
    }
    guard let first = shards.first else {
      throw IngestError(
        path: "inputs", fault: "expected at least one file or folder, found none",
        remedy: "name a .npy file or a folder with some")
    }
    try checkAgreement(shards, recognised)
    guard shards.contains(where: { $0.rows > 0 }) else {
      throw IngestError(
        path: first.path, fault: "expected at least one row, found none",
        remedy: "name files that have embeddings")
    }
    return Dataset(
      shards: shards, inputs: recognised, columns: try MetadataColumns(of: shards, options))
  }

  /// Checks what one shard alone cannot show.
  private static func checkAgreement(
    _ shards: [EmbeddingShard], _ inputs: [RecognisedInput]
  ) throws(IngestError) {
    let first = shards[0]
    for shard in shards where shard.dimensions != first.dimensions {
      throw IngestError(
        path: shard.path,
        fault: "expected \(first.dimensions) dimensions, as \(first.path) has, found "
          + "\(shard.dimensions)",
        remedy: "give only shards of one encoder")
    }
    var seen: [String: String] = [:]
    for shard in shards {
      if let earlier = seen.updateValue(shard.path, forKey: resolvedPath(shard.path)) {
        throw IngestError(
          path: shard.path,
          fault: "expected every shard once, found it again"
            + (earlier == shard.path ? "" : " as \(earlier)"),
          remedy: "name every input once")
      }
    }
    if let with = inputs.first(where: { $0.metadata != nil }),
      let without = inputs.first(where: { $0.metadata == nil })
    {
      throw IngestError(
        path: without.path,
        fault: "expected metadata as \(with.path) has, found none",
        remedy: "give every input metadata, or name the folders of embeddings themselves "
          + "(\(with.path)/img_emb) to go without")
    }
  }
}
