// The rows of one concept as the pages of Detail and Items read them: a few at a time, by
// position. A protocol, so that tests put made-up rows in place of a workspace.

import Foundations
import Pruning
import Workspace

/// The rows of a concept; position 0 is the farthest from the centroid.
package protocol ConceptRows {
  var size: Int { get }
  /// - Complexity: O(1), one page.
  func distance(_ position: Int) throws(WinnowError) -> Float
  /// The row at a position, for showing.
  func line(_ position: Int, rank: Int) throws(WinnowError) -> RowLine
  /// What the rows have in the columns of the subject's metadata.
  func metadata() throws(WinnowError) -> [ValueSummary]
  /// The positions of ranks in an order; nil when cancelled.
  func positions(
    _ ranks: Range<Int>, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> [Int]?
  /// Whether the row at a position is kept; nil when cancelled.
  func kept(
    _ quota: Int, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> ((Int) -> Bool)?
}

extension ConceptRows {
  /// The lines of some ranks; nil when cancelled.
  func lines(
    _ ranks: Range<Int>, _ order: Order, _ seed: UInt64, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> [RowLine]? {
    guard let positions = try self.positions(ranks, order, seed, isCancelled) else { return nil }
    var lines: [RowLine] = []
    for (rank, position) in zip(ranks, positions) { lines.append(try line(position, rank: rank)) }
    return lines
  }
}

extension WorkspaceWork {
  func rows(of cluster: Int) -> WorkspaceRows {
    WorkspaceRows(workspace: workspace, cluster: cluster, threads: threads)
  }
}

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

extension DetailPage {
  /// Reads the answer; nil when it was cancelled.
  ///
  /// The histogram is counted by bisection over the sorted distances, so a concept of any size
  /// costs the same few pages.
  /// - Complexity: O((bins + samples) log M); for `random` and `similarity` a few passes over the
  ///   concept's rows.
  package static func read(
    _ question: DetailQuestion, _ rows: some ConceptRows, isCancelled: () -> Bool
  ) throws(WinnowError) -> DetailPage? {
    var page = DetailPage(question: question)
    let size = rows.size
    guard size > 0 else { return page }
    page.metadata = try rows.metadata()
    let low = try rows.distance(size - 1)
    let high = max(low, try rows.distance(0))
    page.range = low...high
    page.nearer = [0]
    for bin in 1..<max(1, question.bins) {
      if bin % 16 == 0, isCancelled() { return nil }
      let edge = low + (high - low) * Float(bin) / Float(question.bins)
      let first = try firstPlace(in: 0..<size) { (place) throws(WinnowError) in
        try rows.distance(place) < edge
      }
      page.nearer.append(size - first)
    }
    page.nearer.append(size)
    if question.order.hasCutDistance {
      return try page.readRanks(rows, isCancelled) ? page : nil
    }
    return try page.readSpread(rows, isCancelled) ? page : nil
  }

  private mutating func readRanks(
    _ rows: some ConceptRows, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> Bool {
    let (size, quota, most) = (rows.size, question.quota, question.samples)
    let before = max(0, quota - most)..<quota
    let first = 0..<min(most, before.lowerBound)
    let after = quota..<min(size, quota + most)
    let last = max(after.upperBound, size - most)..<size
    func lines(_ ranks: Range<Int>) throws(WinnowError) -> [RowLine]? {
      try rows.lines(ranks, question.order, question.seed, isCancelled)
    }
    guard let head = try lines(first), let near = try lines(before), let far = try lines(after),
      let tail = try lines(last)
    else { return false }
    (kept, beforeCut, afterCut, pruned) = (head, near, far, tail.reversed())
    if quota > 0, quota < size { cut = near.last?.distance ?? head.last?.distance }
    return true
  }

  private mutating func readSpread(
    _ rows: some ConceptRows, _ isCancelled: () -> Bool
  ) throws(WinnowError) -> Bool {
    let (size, most) = (rows.size, question.samples)
    guard
      let isKept = try rows.kept(question.quota, question.order, question.seed, isCancelled)
    else { return false }
    // In each of `most` equal parts the first kept row.
    for part in 0..<(question.quota == 0 ? 0 : min(most, size)) {
      let end = size / most * (part + 1) + size % most * (part + 1) / most
      var position = size / most * part + size % most * part / most
      while position < end, !isKept(position) { position += 1 }
      if position < end { kept.append(try rows.line(position, rank: position)) }
    }
    var position = size - 1
    while position >= 0, pruned.count < most, question.quota < size {
      if !isKept(position) { pruned.append(try rows.line(position, rank: position)) }
      position -= 1
    }
    return true
  }
}
