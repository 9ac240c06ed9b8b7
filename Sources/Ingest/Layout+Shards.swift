// The shards of an input once it is known what it is.

import Foundations
import Storage

extension Layout {
  /// The shards of `input` in order.
  ///
  /// - Parameter map: the number of this input among those without a header.
  func shards(
    of input: String, map: Int, _ options: IngestOptions
  ) throws(WinnowError) -> [EmbeddingShard] {
    let folder = withoutTrailingSlashes(input)
    switch self {
    case .file: return [try EmbeddingShard(npy: input, metadata: nil)]
    case .folder:
      return try Self.files(".npy", in: folder).map { (path) throws(WinnowError) in
        try EmbeddingShard(npy: path, metadata: nil)
      }
    case .clipRetrieval: return try Self.clipRetrievalShards(folder)
    case .datacomp: return try DataCompPool(folder, options).shards()
    case .map: return [try EmbeddingShard(map: input, try Self.shape(map, input, options))]
    case .parquetLists: return try ParquetLists(folder, options).shards()
    }
  }

  /// img2dataset's tar files in or beside the folder of the embeddings, in natural order.
  func pictures(of input: String) -> [String] {
    let folder = withoutTrailingSlashes(input)
    guard self == .clipRetrieval || self == .datacomp, pathKind(folder) == .folder else {
      return []
    }
    for place in [folder, folder + "/shards", folder + "/images"] where pathKind(place) == .folder {
      let found = ((try? Self.visibleNames(place)) ?? []).filter { name in
        name.hasSuffix(".tar") && name.dropLast(4).utf8.allSatisfy(isDigit) && name.count > 4
      }
      if !found.isEmpty {
        return found.sorted(by: naturallyPrecedes).map { "\(place)/\($0)" }
      }
    }
    return []
  }

  /// Pairs the files of a clip-retrieval folder by their numbers.
  private static func clipRetrievalShards(
    _ folder: String
  ) throws(WinnowError) -> [EmbeddingShard] {
    guard pathKind(folder + "/img_emb") == .folder else {
      throw WinnowError(
        path: folder, fault: "expected a folder img_emb in it, found none",
        remedy: "name the folder that clip-retrieval inference wrote")
    }
    let embeddings = try numbered(folder + "/img_emb", "img_emb_", [".npy"])
    guard !embeddings.isEmpty else {
      throw WinnowError(
        path: folder + "/img_emb", fault: "expected files img_emb_N.npy, found none",
        remedy: "write them with clip-retrieval inference, or name a folder of .npy files")
    }
    let suffixes = MetadataFile.Format.bySuffix.map { "." + $0.rawValue }
    let metadata =
      pathKind(folder + "/metadata") == .folder
      ? try numbered(folder + "/metadata", "metadata_", suffixes) : [:]
    for number in metadata.keys.sorted() where embeddings[number] == nil {
      throw WinnowError(
        path: metadata[number]!,
        fault: "expected embeddings \(folder)/img_emb/img_emb_\(number).npy beside it, found none",
        remedy: "fetch the shard's embeddings, or move this file away")
    }
    var shards: [EmbeddingShard] = []
    for (number, path) in embeddings.sorted(by: { $0.key < $1.key }) {
      guard metadata.isEmpty || metadata[number] != nil else {
        throw WinnowError(
          path: path,
          fault: "expected metadata \(folder)/metadata/metadata_\(number).parquet, .csv or "
            + ".jsonl for it as for the other shards, found none",
          remedy: "fetch the shard's metadata, or move all metadata away to build without it")
      }
      let file = metadata[number].map { file in
        MetadataFile(
          path: file, format: MetadataFile.Format.bySuffix.first { file.hasSuffix($0.rawValue) }!)
      }
      shards.append(try EmbeddingShard(npy: path, metadata: file))
    }
    return shards
  }

  /// The files `PREFIX_N.SUFFIX` of a folder by N.
  private static func numbered(
    _ folder: String, _ prefix: String, _ suffixes: [String]
  ) throws(WinnowError) -> [Int: String] {
    var found: [Int: String] = [:]
    for name in try namesInFolder(folder) {
      for suffix in suffixes {
        guard let number = shardNumber(name, prefix: prefix, suffix: suffix) else { continue }
        if let other = found.updateValue("\(folder)/\(name)", forKey: number) {
          throw WinnowError(
            path: "\(folder)/\(name)",
            fault: "expected one file for number \(number), also found \(lastComponent(other))",
            remedy: "keep one of them")
        }
      }
    }
    return found
  }

  /// The shape of the input that is number `map` among those without a header.
  private static func shape(
    _ map: Int, _ input: String, _ options: IngestOptions
  ) throws(WinnowError) -> MapShape {
    if options.shapes.count == 1, map == 0 || options.shapes[0].rows == nil {
      return options.shapes[0]
    }
    guard map < options.shapes.count else {
      throw WinnowError(
        path: input,
        fault: "expected a shape for it, found "
          + (options.shapes.isEmpty ? "none" : "\(options.shapes.count) for earlier inputs"),
        remedy: "give --shape N,D once for each file without a header, or --shape -1,D for all")
    }
    return options.shapes[map]
  }
}

extension EmbeddingShard {
  /// A file of float32 numbers without a header.
  ///
  /// - Throws: ``WinnowError`` unless its size is that of the shape.
  init(map path: String, _ shape: MapShape) throws(WinnowError) {
    let size = try InputFile(path).size
    let bytesPerRow = 4 * shape.dimensions
    let rows = shape.rows ?? size / bytesPerRow
    let (wanted, isTooLarge) = rows.multipliedReportingOverflow(by: bytesPerRow)
    guard !isTooLarge, wanted == size else {
      throw WinnowError(
        path: path,
        fault: shape.rows == nil
          ? "expected whole rows of \(bytesPerRow) bytes (\(shape.dimensions) float32 numbers), "
            + "found \(size) bytes"
          : "expected \(isTooLarge ? "more" : "\(wanted)") bytes for \(rows) rows of "
            + "\(shape.dimensions) float32 numbers, found \(size)",
        remedy: "give its shape with --shape N,D")
    }
    self.init(
      path: path, rows: rows, dimensions: shape.dimensions, element: .float32, dataOffset: 0)
  }
}
