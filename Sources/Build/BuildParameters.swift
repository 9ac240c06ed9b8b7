import Clustering
import Ingest

extension InstructionSet: Codable {}

/// Everything `winnow build` can be told.
public struct BuildParameters: Sendable, Codable {
  /// Files and folders of embeddings, in order.
  public var inputs: [String]
  /// Where the workspace shall be.
  public var output: String
  /// k.  With ``centroidsFile`` its number of rows.
  public var clusters: Int
  /// Rounds of k-means at most.
  public var iterations = 25
  /// How many rows k-means sees.
  public var trainingRows = TrainingRows.perCluster(256)
  public var seed: UInt64 = 1
  /// l, the number of nearest centroids that d_inter is a mean over.
  public var neighbours = 20
  /// A `.npy` file of centroids to use instead of training.
  public var centroidsFile: String?
  /// A `.npy` file of the cluster of every row, to use with ``centroidsFile`` instead of searching.
  public var assignmentsFile: String?
  /// Drop rows that are zero, NaN or infinite instead of refusing them.
  public var skipInvalid = false
  /// What else drops rows.
  public var filters = RowFilters()
  /// Drop near duplicates after that; nil: keep them.
  public var deduplication: Deduplication?
  /// Keys of a DataComp pool may be those of several rows.
  public var allowDuplicates = false
  /// Replace an existing workspace.
  public var force = false
  public var threads: Int
  /// Bytes of memory that the build may take; nil for what it would take anyway.
  public var memory: Int?
  /// A round of k-means is kept for a build that continues when the last one that was is this long
  /// ago; the result does not depend on it.
  public var checkpointInterval = Duration.seconds(10)
  public var instructions: InstructionSet
  /// Whether somebody asked for these ``instructions``; machines that help have their own best else.
  public var hasChosenInstructions = false
  public var ingest: IngestOptions
  /// The program's version, for the log.
  public var version: String

  /// How many rows k-means sees: the ones with the smallest hashes.
  public enum TrainingRows: Sendable, Equatable, Codable {
    /// Every candidate.
    case all
    /// This many in all, at most the candidates.
    case total(Int)
    /// This many for each cluster, at most the candidates.
    case perCluster(Int)
  }

  public init(
    inputs: [String], output: String, clusters: Int, threads: Int, instructions: InstructionSet,
    ingest: IngestOptions, version: String
  ) {
    (self.inputs, self.output, self.clusters, self.threads) = (inputs, output, clusters, threads)
    (self.instructions, self.ingest, self.version) = (instructions, ingest, version)
  }
}

/// Near duplicates that are dropped before anything is clustered, and how they are looked for.
public struct Deduplication: Sendable, Equatable, Codable {
  public var criterion: DuplicateCriterion
  /// Fine clusters, within which rows are compared; nil for one for each 5,000 candidates.
  public var clusters: Int?
  /// More fine clusters than these are made in two levels.
  package var clustersAtOnce = 20_000

  /// Candidates to a fine cluster where nothing else is asked.
  public static let candidatesACluster = 5000
  /// Rounds of their k-means at most.
  static let iterations = 25
  /// Training rows for each.
  static let trainingRows = 256

  public init(_ criterion: DuplicateCriterion, clusters: Int? = nil) {
    self.criterion = criterion
    self.clusters = clusters
  }

  /// The number of fine clusters of so many candidates.
  func clusters(of candidates: Int) -> Int {
    clusters ?? max(1, candidates / Self.candidatesACluster)
  }
}
