// What is being explored: the numbers of a workspace that never change while the explorer runs.

import Manifests
import Pruning

/// The fixed facts about a workspace; O(k) of them, all in memory.
public struct Subject: Sendable {
  /// The workspace's name, for the header.
  public let name: String
  /// Rows of the whole data set; at least the candidates.
  public let rows: Int
  /// How many rows each filter has dropped, in the filters' order; those that dropped none are left
  /// out.
  public let dropped: [FilteredRows]
  public let scores: ConceptScores
  /// SHA-256 (hex) of the centroids; plans made here carry it.
  public let clustering: String
  /// Whether rows have an image-text similarity, which the order `similarity` needs.
  public let hasSimilarity: Bool
  /// Whether rows have captions.
  public let hasCaptions: Bool
  /// The formats that a commit can write.
  public let formats: [ManifestFormat]
  /// The numeric columns of the metadata, in its order; the first ``mostMetadata``.
  public let metadata: [MetadataColumn]

  public init(
    name: String, rows: Int, dropped: [FilteredRows] = [], scores: ConceptScores,
    clustering: String,
    hasSimilarity: Bool, hasCaptions: Bool = true, formats: [ManifestFormat],
    metadata: [MetadataColumn] = []
  ) {
    (self.name, self.rows, self.dropped) = (name, rows, dropped)
    (self.scores, self.clustering, self.hasSimilarity) = (scores, clustering, hasSimilarity)
    (self.hasCaptions, self.formats, self.metadata) = (hasCaptions, formats, metadata)
  }

  /// More columns than this are left out: each is a number a concept in memory.
  public static let mostMetadata = 16

  /// Rows that survived every filter, N at most.
  public var candidates: Int { scores.candidates }
  /// k.
  public var clusters: Int { scores.clusters }
}

/// Rows that a filter has dropped.
public struct FilteredRows: Sendable, Equatable {
  /// The filter's name: `where`, `similarity`.
  public let filter: String
  public let rows: Int

  public init(filter: String, rows: Int) {
    self.filter = filter
    self.rows = rows
  }
}

/// The means of one numeric metadata column.
public struct MetadataColumn: Sendable, Equatable {
  /// As the metadata calls it: foreign text.
  public let name: String
  /// By concept; NaN where no row has a value.
  public let mean: [Double]

  public init(name: String, mean: [Double]) {
    self.name = name
    self.mean = mean
  }
}
