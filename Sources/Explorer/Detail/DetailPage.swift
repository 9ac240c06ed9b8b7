// What the Detail pane shows of a concept beyond its scores: things that have to be read. The
// histogram does not depend on the plan; how it is parted by the cut is counted from positions
// when it is drawn, so that it moves with the target at once. The samples follow a frame later.

import Pruning
import Workspace

/// What is asked about a concept.
public struct DetailQuestion: Request {
  public let cluster: Int
  /// The rows that the plan keeps of it.
  public let quota: Int
  public let order: Order
  public let seed: UInt64
  /// The rows of each group of samples, at most.
  public let samples: Int
  /// The bins of the histogram.
  public let bins: Int

  package init(
    cluster: Int, quota: Int, order: Order, seed: UInt64, samples: Int, bins: Int
  ) {
    (self.cluster, self.quota, self.order) = (cluster, quota, order)
    (self.seed, self.samples, self.bins) = (seed, samples, bins)
  }

  public static var fillsScreen: Bool { true }
  public static var followsCursor: Bool { true }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> DetailPage? {
    try DetailPage.read(self, work.rows(of: cluster)) { !progress(0) }
  }

  public func receive(_ answer: DetailPage, _ state: inout State) { state.detail.page = answer }

  /// Keeps an empty page, so that it is not asked for again.
  public func fail(_ reason: String, _ state: inout State) {
    state.detail.page = DetailPage(question: self)
  }
}

/// A row of a concept, as a line shows it.
public struct RowLine: Sendable, Equatable {
  /// Its place in the order in which rows are taken, from 0.
  public let rank: Int
  public let row: Int
  /// 1 - cosine to the centroid, 0...2.
  public let distance: Float
  public let rowKey: String
  /// Nil where the workspace has no captions, or the row none.
  public let caption: String?
  /// Of picture and text; nil where it is missing.
  public let similarity: Float?

  package init(
    rank: Int, row: Int, distance: Float, rowKey: String, caption: String?, similarity: Float? = nil
  ) {
    (self.rank, self.row, self.distance) = (rank, row, distance)
    (self.rowKey, self.caption, self.similarity) = (rowKey, caption, similarity)
  }
}

/// The answer.
public struct DetailPage: Sendable, Equatable {
  public let question: DetailQuestion
  /// The smallest and the largest distance of its rows.
  public internal(set) var range: ClosedRange<Float> = 0...0
  /// `nearer[b]` rows lie nearer than the lower edge of bin b; one more entry than bins, the last
  /// the concept's size. Empty when nothing could be read.
  public internal(set) var nearer: [Int] = []
  /// The distance that parts kept from pruned rows, where the order has one and both exist.
  public internal(set) var cut: Float?
  /// Kept rows: those taken first, or, in orders without a cut, some over all distances.
  public internal(set) var kept: [RowLine] = []
  /// The last rows that are kept, and the first that are not; only where there is a cut.
  public internal(set) var beforeCut: [RowLine] = []
  public internal(set) var afterCut: [RowLine] = []
  /// Pruned rows far from the cut: those that would be taken last; in orders without a cut, the
  /// most typical ones.
  public internal(set) var pruned: [RowLine] = []

  /// By the columns of the subject's metadata.
  public internal(set) var metadata: [ValueSummary] = []
}

/// A concept near another one.
public struct Neighbour: Sendable, Equatable {
  public let cluster: Int
  /// 1 - cosine of the centroids.
  public let distance: Float

  public init(cluster: Int, distance: Float) {
    self.cluster = cluster
    self.distance = distance
  }
}

/// The concepts whose centroids are nearest to a concept's, nearest first.
public struct NeighboursQuestion: Request {
  package let cluster: Int
  package let count: Int

  public static var fillsScreen: Bool { true }
  public static var followsCursor: Bool { true }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> [Neighbour]? {
    try work.workspace.nearestConcepts(to: cluster, count: count) { !progress(0) }?
      .map { Neighbour(cluster: $0.cluster, distance: $0.distance) }
  }

  public func receive(_ answer: [Neighbour], _ state: inout State) {
    // What was looked at long ago is asked for again, so that browsing takes no memory.
    if state.detail.neighbours.count >= 256 { state.detail.neighbours.removeAll() }
    state.detail.neighbours[cluster] = answer
  }

  public func fail(_ reason: String, _ state: inout State) { receive([], &state) }
}
