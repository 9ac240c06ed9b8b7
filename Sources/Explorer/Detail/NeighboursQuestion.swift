// The concepts near a concept.

import Workspace

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
