// The rows of a real concept, and what can be shown of them.

import Foundations
import Pruning
import Workspace

extension WorkspaceWork {
  /// The rows of a concept.
  func rows(of cluster: Int) -> WorkspaceRows {
    WorkspaceRows(workspace: workspace, cluster: cluster, threads: threads)
  }
}

/// The rows of one concept of a workspace.
struct WorkspaceRows: ConceptRows {
  let workspace: OpenWorkspace
  let cluster: Int
  let threads: Int

  var size: Int { workspace.scores.size[cluster] }

  func distance(_ position: Int) throws(WinnowError) -> Float {
    try workspace.distance(at: workspace.offset(cluster) + position)
  }

  func line(_ position: Int, rank: Int) throws(WinnowError) -> RowLine {
    let row = try workspace.row(at: workspace.offset(cluster) + position)
    // More than a line of it is never on the screen.
    return RowLine(
      rank: rank, row: row, distance: try distance(position),
      rowKey: String(try workspace.key(row).prefix(256)),
      caption: try workspace.caption(row).map { String($0.prefix(512)) },
      similarity: try workspace.similarity(row))
  }

  func metadata() throws(WinnowError) -> [ValueSummary] {
    guard let numeric = workspace.numeric else { return [] }
    var summaries: [ValueSummary] = []
    for column in numeric.names.indices.prefix(Subject.mostMetadata) {
      summaries.append(try numeric.summary(column, cluster))
    }
    return summaries
  }

  func positions(
    _ ranks: Range<Int>, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> [Int]? {
    try workspace.positions(
      of: cluster, ranks: ranks, order: order, seed: seed, threads: threads,
      isCancelled: isCancelled)
  }

  func kept(
    _ quota: Int, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> ((Int) -> Bool)? {
    try workspace.isKept(
      of: cluster, quota: quota, order: order, seed: seed, threads: threads,
      isCancelled: isCancelled)
  }
}
