/// What a user may say about the inputs.
public struct IngestOptions: Sendable {
  /// The metadata column that identifies an item; nil takes `uid`, else `key`, else `image_path`.
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
