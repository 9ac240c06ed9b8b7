/// What a user may say about the inputs.
public struct IngestOptions: Sendable {
  /// What every input is taken for; nil finds out.
  public var layout: Layout?
  /// The member of `.npz` files, or the Parquet column, that holds the embeddings; nil takes
  /// `l14_img`, else `b32_img`, and of columns `embeddings`, else `embedding`.
  public var embedding: String?
  /// The shapes of files of float32 numbers without a header, in the order of these inputs; one alone
  /// that leaves its rows open counts for all of them.
  public var shapes: [MapShape] = []
  /// Files of keys of one width, one for each shard of embeddings, in their order.
  public var keyFiles: [String] = []
  /// Bytes of a key in a file of keys without a header.
  public var keyWidth = 24
  /// The metadata column that identifies an item; nil takes `uid`, else `key`, `image_path`, `id`.
  public var key: String?
  /// The metadata column with the caption; nil takes `caption`, else `text`.
  public var caption: String?
  /// The metadata column with the image-text similarity; nil takes `similarity`, else
  /// `clip_l14_similarity_score`.
  public var similarity: String?
  /// The `duckdb` program that reads Parquet; nil looks for it in ``environment``.
  public var duckdb: String?
  /// The environment: `WINNOW_DUCKDB` and `PATH` find the program, and it is run with it.
  public var environment: [String: String]

  public init(
    key: String? = nil, caption: String? = nil, similarity: String? = nil,
    duckdb: String? = nil, environment: [String: String]
  ) {
    self.key = key
    self.caption = caption
    self.similarity = similarity
    self.duckdb = duckdb
    self.environment = environment
  }
}

/// What is recorded of a build has what was found with these options, so they are not part of it.
extension IngestOptions: Codable {
  public init(from decoder: any Decoder) throws { self.init(environment: [:]) }
  public func encode(to encoder: any Encoder) throws {
    _ = encoder.container(keyedBy: NoKeys.self)
  }
  private enum NoKeys: CodingKey {}
}
