// What a path that the user named is: the first layout that fits.

import Storage

/// How an input lays its shards out.
public enum Layout: String, Sendable, CaseIterable, Codable {
  /// A folder with `img_emb/img_emb_N.npy` and perhaps `metadata/metadata_N.*`.
  case clipRetrieval = "clip-retrieval"
  /// A folder with `*.npy` files.
  case folder = "npy-folder"
  /// One `.npy` file.
  case file = "npy-file"

  /// For people.
  public var description: String {
    switch self {
    case .clipRetrieval: "a clip-retrieval folder"
    case .folder: "a folder of .npy files"
    case .file: "a .npy file"
    }
  }

  /// A shard's files.
  typealias ShardFiles = (embeddings: String, metadata: MetadataFile?)

  /// Says what `input` is and lists its shards in order.
  static func recognise(_ input: String) throws(IngestError) -> (Layout, [ShardFiles]) {
    if isAddress(input) {
      throw IngestError(
        path: input, fault: "expected a path on this machine, found a remote address",
        remedy: "mount it first (for example with rclone mount, or mount-s3 for s3://) and name "
          + "the path below the mount")
    }
    switch pathKind(input) {
    case .nothing:
      throw IngestError(
        path: input, fault: "expected a file or folder, found none", remedy: "check the path")
    case .special:
      throw IngestError(
        path: input, fault: "expected a file or folder, found a device or a pipe",
        remedy: "write the embeddings to a file first")
    case .file:
      return (.file, [(input, nil)])
    case .folder:
      let folder = withoutTrailingSlash(input)
      if pathKind(folder + "/img_emb") == .folder {
        return (.clipRetrieval, try clipRetrievalShards(folder))
      }
      guard pathKind(folder + "/workspace.json") != .file else {
        throw IngestError(
          path: input, fault: "expected embeddings, found a workspace",
          remedy: "name the embeddings that it was built from, or open it with winnow explore")
      }
      let names = try storage { () throws(StorageError) in try namesInFolder(folder) }
        .filter { $0.hasSuffix(".npy") && !$0.hasPrefix(".") }
        .sorted(by: naturallyPrecedes)
      guard !names.isEmpty else {
        throw IngestError(
          path: input,
          fault: "expected .npy files or a folder img_emb with some, found neither",
          remedy: "name the folder that holds the embeddings")
      }
      return (.folder, names.map { (folder == "/" ? "/\($0)" : "\(folder)/\($0)", nil) })
    }
  }

  /// Pairs the files of a clip-retrieval folder by their numbers.
  private static func clipRetrievalShards(_ folder: String) throws(IngestError) -> [ShardFiles] {
    let embeddings = try numbered(folder + "/img_emb", "img_emb_", [".npy"])
    guard !embeddings.isEmpty else {
      throw IngestError(
        path: folder + "/img_emb", fault: "expected files img_emb_N.npy, found none",
        remedy: "write them with clip-retrieval inference, or name a folder of .npy files")
    }
    guard pathKind(folder + "/metadata") == .folder else {
      return embeddings.sorted { $0.key < $1.key }.map { ($0.value, nil) }
    }
    let suffixes = MetadataFile.Format.allCases.map { "." + $0.rawValue }
    let metadata = try numbered(folder + "/metadata", "metadata_", suffixes)
    for number in metadata.keys.sorted() where embeddings[number] == nil {
      throw IngestError(
        path: metadata[number]!,
        fault: "expected embeddings \(folder)/img_emb/img_emb_\(number).npy beside it, found none",
        remedy: "fetch the shard's embeddings, or move this file away")
    }
    var shards: [ShardFiles] = []
    for (number, path) in embeddings.sorted(by: { $0.key < $1.key }) {
      guard let file = metadata[number] else {
        guard metadata.isEmpty else {
          throw IngestError(
            path: path,
            fault: "expected metadata \(folder)/metadata/metadata_\(number).parquet, .csv or "
              + ".jsonl for it as for the other shards, found none",
            remedy: "fetch the shard's metadata, or move all of it away to go without")
        }
        shards.append((path, nil))
        continue
      }
      let format = MetadataFile.Format.allCases.first { file.hasSuffix("." + $0.rawValue) }!
      shards.append((path, MetadataFile(path: file, format: format)))
    }
    return shards
  }

  /// The files `PREFIX_N.SUFFIX` of a folder by N.
  private static func numbered(
    _ folder: String, _ prefix: String, _ suffixes: [String]
  ) throws(IngestError) -> [Int: String] {
    var found: [Int: String] = [:]
    for name in try storage({ () throws(StorageError) in try namesInFolder(folder) }) {
      for suffix in suffixes {
        guard let number = shardNumber(name, prefix: prefix, suffix: suffix) else { continue }
        if let other = found.updateValue("\(folder)/\(name)", forKey: number) {
          throw IngestError(
            path: "\(folder)/\(name)",
            fault: "expected one file for number \(number), found also \(lastComponent(other))",
            remedy: "keep one of them")
        }
      }
    }
    return found
  }

  /// Whether a text is an address such as `s3://bucket/name`.
  private static func isAddress(_ text: String) -> Bool {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
    return text[colon...].hasPrefix("://")
      && text[..<colon].utf8.allSatisfy { byte in
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2B || byte == 0x2D
          || byte == 0x2E
      }
  }

  private static func withoutTrailingSlash(_ path: String) -> String {
    var text = Substring(path)
    while text.utf8.count > 1 && text.hasSuffix("/") { text.removeLast() }
    return String(text)
  }
}

/// One input and what it was taken for.
public struct RecognisedInput: Sendable, CustomStringConvertible {
  /// As the user wrote it.
  public let path: String
  public let layout: Layout
  public let shards: Int
  public let rows: Int
  /// The formats of its metadata files, in the order of ``MetadataFile/Format``; nil without any.
  public let metadata: [MetadataFile.Format]?

  init(_ path: String, _ layout: Layout, _ shards: [EmbeddingShard]) {
    self.path = path
    self.layout = layout
    self.shards = shards.count
    rows = shards.reduce(0) { $0 + $1.rows }
    let formats = Set(shards.compactMap { $0.metadata?.format })
    metadata = formats.isEmpty ? nil : MetadataFile.Format.allCases.filter(formats.contains)
  }

  /// For people, such as `laion: a clip-retrieval folder, 2 shards, 40000 rows, metadata as csv`.
  public var description: String {
    let kind = metadata.map { "metadata as " + $0.map(\.rawValue).joined(separator: ", ") }
    return "\(path): \(layout.description), \(shards) \(shards == 1 ? "shard" : "shards"), "
      + "\(rows) \(rows == 1 ? "row" : "rows"), \(kind ?? "no metadata")"
  }
}
