import Foundations

/// One input and what it was taken for.
public struct RecognisedInput: Sendable, CustomStringConvertible, Codable {
  /// As the user wrote it.
  public let path: String
  public let layout: Layout
  public let shards: Int
  public let rows: Int
  /// The formats of its metadata files, in the order of ``MetadataFile/Format``; nil without any.
  public let metadata: [MetadataFile.Format]?
  /// The member or column that holds the embeddings, where it has a name.
  public let embedding: String?
  /// Shards that are converted before they are read.
  public let converted: Int
  /// img2dataset's tar files beside the embeddings, in natural order: where the pictures are.
  public let pictures: [String]

  init(_ path: String, _ layout: Layout, _ shards: [EmbeddingShard], pictures: [String]) {
    self.path = path
    self.layout = layout
    self.shards = shards.count
    self.pictures = pictures
    rows = shards.reduce(0) { $0 + $1.rows }
    let formats = Set(shards.compactMap { $0.metadata?.format })
    metadata = formats.isEmpty ? nil : MetadataFile.Format.allCases.filter(formats.contains)
    embedding = shards.first?.embeddingName
    converted = shards.count { $0.needsConversion }
  }

  /// For people, such as `laion: a clip-retrieval folder, 2 shards, 40000 rows, metadata as csv`.
  public var description: String {
    let kind = metadata.map { "metadata as " + $0.map(\.rawValue).joined(separator: ", ") }
    var text = "\(path): \(layout.description), \(counted(shards, "shard"))"
    if converted > 0 { text += " (\(converted) to convert)" }
    text += ", \(counted(rows, "row"))"
    if let embedding { text += ", embeddings '\(embedding)'" }
    text += ", \(kind ?? "no metadata")"
    if !pictures.isEmpty { text += ", pictures in \(counted(pictures.count, "tar file"))" }
    return text
  }
}

extension EmbeddingShard {
  /// The member or column of the rows, where it has a name.
  public var embeddingName: String? {
    switch form {
    case .plain: nil
    case .member(let member): String(member.name.dropLast(4))
    case .listColumn(let name): name
    }
  }
}
