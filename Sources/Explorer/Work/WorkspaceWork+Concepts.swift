// What real concepts are called, the rows of one, and which concepts lie near it.

import Pruning
import Workspace

extension WorkspaceWork {
  /// What each concept is called: its name, or the caption of the row nearest its centroid, or that
  /// row's key.
  func labels(_ concepts: [Int], _ progress: (Double) -> Bool) -> Work.Result {
    var found: [Int: String] = [:]
    do throws(WorkspaceError) {
      for (done, concept) in concepts.enumerated() {
        guard progress(Double(done) / Double(concepts.count)) else { return .cancelled }
        var text: [UInt8] = []
        try appendLabel(concept, to: &text)
        if !text.isEmpty { found[concept] = String(decoding: text, as: UTF8.self) }
      }
    } catch { return .failed(error.description) }
    return .labels(found)
  }

  /// The same of all concepts.
  func names(_ count: Int, _ progress: (Double) -> Bool) -> Work.Result {
    var isCancelled = false
    do throws(WorkspaceError) {
      let labels = try ConceptLabels(count: count) { (concept, text) throws(WorkspaceError) in
        // Every call wakes the loop, so there are few.
        if concept % 4_096 == 0, !progress(Double(concept) / Double(count)) { isCancelled = true }
        if !isCancelled { try appendLabel(concept, to: &text) }
      }
      return isCancelled ? .cancelled : .names(labels)
    } catch { return .failed(error.description) }
  }

  private func appendLabel(_ concept: Int, to text: inout [UInt8]) throws(WorkspaceError) {
    let begin = text.count
    try workspace.appendLabel(concept, to: &text)
    guard text.count == begin else { return }
    // Members lie farthest first, so the nearest row is the last.
    let last = workspace.offset(concept + 1) - 1
    guard last >= workspace.offset(concept) else { return }
    let row = try workspace.row(at: last)
    var nearest = try workspace.caption(row)
    if nearest == nil { nearest = try workspace.key(row) }
    // More than a line of it is never on the screen.
    text += (nearest ?? "").prefix(256).utf8
  }

  /// Answers what Detail asks.
  func detail(_ question: DetailQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    do throws(WorkspaceError) {
      let rows = WorkspaceRows(
        workspace: workspace, cluster: question.cluster, threads: threads)
      let page = try DetailPage.read(question, rows) { !progress(0) }
      return page.map { .detail($0) } ?? .cancelled
    } catch { return .failed(error.description) }
  }

  /// Answers what Items asks.
  func items(_ question: ItemsQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    do throws(WorkspaceError) {
      let rows = WorkspaceRows(
        workspace: workspace, cluster: question.cluster, threads: threads)
      let page = try ItemsPage.read(question, rows) { !progress(0) }
      return page.map { .items($0) } ?? .cancelled
    } catch { return .failed(error.description) }
  }

  /// Counts the rows that enter and leave.
  func turnover(_ question: TurnoverQuestion, _ progress: (Double) -> Bool) -> Work.Result {
    do throws(WorkspaceError) {
      let counted = try workspace.turnover(
        from: question.old, question.oldQuota, to: question.new, question.newQuota,
        threads: threads, progress: progress)
      return counted.map { .turnover($0) } ?? .cancelled
    } catch { return .failed(error.description) }
  }

  func neighbours(
    of cluster: Int, count: Int, _ progress: (Double) -> Bool
  ) -> Work.Result {
    do throws(WorkspaceError) {
      let found = try workspace.nearestConcepts(to: cluster, count: count) { !progress(0) }
      return found.map { near in
        .neighbours(near.map { Neighbour(cluster: $0.cluster, distance: $0.distance) })
      } ?? .cancelled
    } catch { return .failed(error.description) }
  }
}

/// The rows of one concept of a workspace.
struct WorkspaceRows: ConceptRows {
  let workspace: OpenWorkspace
  let cluster: Int
  let threads: Int

  var size: Int { workspace.scores.size[cluster] }

  func distance(_ position: Int) throws(WorkspaceError) -> Float {
    try workspace.distance(at: workspace.offset(cluster) + position)
  }

  func line(_ position: Int, rank: Int) throws(WorkspaceError) -> RowLine {
    let row = try workspace.row(at: workspace.offset(cluster) + position)
    // More than a line of it is never on the screen.
    return RowLine(
      rank: rank, row: row, distance: try distance(position),
      rowKey: String(try workspace.key(row).prefix(256)),
      caption: try workspace.caption(row).map { String($0.prefix(512)) },
      similarity: try workspace.similarity(row))
  }

  func metadata() throws(WorkspaceError) -> [ValueSummary] {
    guard let numeric = workspace.numeric else { return [] }
    var found: [ValueSummary] = []
    for column in numeric.names.indices.prefix(Subject.mostMetadata) {
      found.append(try numeric.summary(column, cluster))
    }
    return found
  }

  func positions(
    _ ranks: Range<Int>, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WorkspaceError) -> [Int]? {
    try workspace.positions(
      of: cluster, ranks: ranks, order: order, seed: seed, threads: threads,
      isCancelled: isCancelled)
  }

  func kept(
    _ quota: Int, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WorkspaceError) -> ((Int) -> Bool)? {
    try workspace.isKept(
      of: cluster, quota: quota, order: order, seed: seed, threads: threads,
      isCancelled: isCancelled)
  }
}
