import Clustering

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
