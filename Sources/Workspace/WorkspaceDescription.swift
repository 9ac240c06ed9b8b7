// workspace.json: what is in a workspace and everything that decided it.  Part of its identity, so
// it holds no times, paths or thread counts; those are in build-log.json.

import FoundationEssentials
import Foundations
import Storage

/// The contents of `workspace.json`.
public struct WorkspaceDescription: Codable, Equatable, Sendable {
  /// The format that this program writes and the newest it reads.
  public static let currentFormat = 1

  /// One shard of embeddings, in the order of rows.
  public struct Input: Codable, Equatable, Sendable {
    public var rows: Int
    public var dimensions: Int
    /// `float16`, `float32` or `float64`.
    public var element: String
    /// SHA-256 of the whole file.
    public var digest: String
    /// The member of an archive or the column of a table that holds the embeddings; nil for a file of
    /// nothing else.
    public var embedding: String?

    package init(
      rows: Int, dimensions: Int, element: String, digest: String, embedding: String? = nil
    ) {
      self.rows = rows
      self.dimensions = dimensions
      self.element = element
      self.digest = digest
      self.embedding = embedding
    }
  }

  /// Everything a user may set that can change a byte of the result.
  public struct Parameters: Codable, Equatable, Sendable {
    public var clusters: Int
    /// Rounds of k-means at most; nil when centroids were given.
    public var iterations: Int?
    /// Training rows asked for; nil means all candidates, or that centroids were given.
    public var trainingRows: Int?
    /// Decides the training rows and the first centroids; nil when all centroids were given.
    public var seed: UInt64?
    public var neighbours: Int
    public var skipInvalid: Bool
    /// SHA-256 of the file given with `--centroids`.
    public var centroids: String?
    /// SHA-256 of the file given with `--assignments`.
    public var assignments: String?
    /// The SQL given with `--where`.
    public var condition: String?
    /// The lists given with `--allow` and `--deny`.
    public var allow: KeyList?
    public var deny: KeyList?
    /// The decimals given with `--similarity-min` and `--similarity-top`.
    public var similarityMin: String?
    public var similarityTop: String?
    /// How near duplicates were dropped; nil where they were not looked for.
    public var dedup: Dedup?

    public struct Dedup: Codable, Equatable, Sendable {
      public var epsilon: Double
      /// `greedy` or `chain`.
      public var rule: String
      /// Fine clusters.
      public var clusters: Int

      package init(epsilon: Double, rule: String, clusters: Int) {
        (self.epsilon, self.rule, self.clusters) = (epsilon, rule, clusters)
      }
    }

    enum CodingKeys: String, CodingKey {
      case clusters, iterations, seed, neighbours, centroids, assignments, allow, deny
      case similarityMin, similarityTop, dedup
      case condition = "where"
      case trainingRows = "training-rows"
      case skipInvalid = "skip-invalid"
    }

    package init(clusters: Int, neighbours: Int, skipInvalid: Bool) {
      self.clusters = clusters
      self.neighbours = neighbours
      self.skipInvalid = skipInvalid
    }
  }

  /// A list of keys that rows were chosen by.
  public struct KeyList: Codable, Equatable, Sendable {
    /// SHA-256 of the file.
    public var digest: String
    /// Different keys in it.
    public var keys: Int

    package init(digest: String, keys: Int) { (self.digest, self.keys) = (digest, keys) }
  }

  /// How the centroids came to be.
  public struct Training: Codable, Equatable, Sendable {
    /// Rows that k-means saw; 0 for centroids from elsewhere.
    public var rows: Int
    public var iterations: Int
    public var converged: Bool

    package init(rows: Int, iterations: Int, converged: Bool) {
      (self.rows, self.iterations, self.converged) = (rows, iterations, converged)
    }
  }

  /// Names of the metadata columns that were used.
  public struct Columns: Codable, Equatable, Sendable {
    public var key: String?
    /// `hex` for 32 lower-case hex digits, else `text`.
    public var keyKind: String?
    public var caption: String?
    public var similarity: String?
    /// The columns of numbers in the order of `columns/`; nil where there are none.
    public var numeric: [String]?
    /// Rows whose key an earlier row has; nil where there are none.
    public var duplicateKeys: Int?

    enum CodingKeys: String, CodingKey {
      case key, caption, similarity, numeric
      case keyKind = "key-kind"
      case duplicateKeys = "duplicate-keys"
    }

    package init() {}
  }

  public var format = WorkspaceDescription.currentFormat
  public var distance = "cosine"
  public var rows: Int
  public var dimensions: Int
  public var candidates: Int
  public var clusters: Int
  public var inputs: [Input]
  public var parameters: Parameters
  public var training: Training
  public var columns: Columns
  /// Mean cosine of the candidates to their centroids.
  public var objective: Double
  /// Rows dropped by each filter, by its name.
  public var filters: [String: Int]

  /// What every format of the file begins with.
  private struct Version: Codable {
    var format: Int
    var distance: String
  }

  package func json() throws(WinnowError) -> [UInt8] { try encodeJSON(self) }

  /// - Throws: ``WinnowError`` for a newer format, another distance or a damaged file.
  package static func read(_ path: String) throws(WinnowError) -> WorkspaceDescription {
    let bytes = try InputFile.contents(of: path, limit: 1 << 28)
    guard let version = decodeJSON(Version.self, bytes) else {
      throw .invalid(
        "\(path): expected JSON with format and distance; it is damaged: build the workspace again"
      )
    }
    guard version.format == currentFormat else {
      let reason =
        version.format > currentFormat
        ? "it was written by a newer winnow: use that one, or build the workspace again"
        : "it is damaged: build the workspace again"
      throw .invalid(
        "\(path): expected format \(currentFormat), found format \(version.format); \(reason)")
    }
    guard version.distance == "cosine" else {
      throw .invalid(
        "\(path): expected distance cosine, found \(version.distance); build the workspace again")
    }
    do {
      return try JSONDecoder().decode(WorkspaceDescription.self, from: Data(bytes))
    } catch {
      throw .invalid("\(path): it is damaged (\(error)); build the workspace again")
    }
  }

  package init(
    rows: Int, dimensions: Int, candidates: Int, clusters: Int, inputs: [Input],
    parameters: Parameters, training: Training, columns: Columns, objective: Double,
    filters: [String: Int]
  ) {
    (self.rows, self.dimensions, self.candidates) = (rows, dimensions, candidates)
    (self.clusters, self.inputs, self.parameters) = (clusters, inputs, parameters)
    (self.training, self.columns, self.objective) = (training, columns, objective)
    self.filters = filters
  }
}
