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
    var page = DetailPage(question)
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
      page.nearer.append(size - (try firstPosition(rows, nearerThan: edge)))
    }
    page.nearer.append(size)
    if question.order.hasCutDistance {
      return try page.readRanks(rows, isCancelled) ? page : nil
    }
    return try page.readSpread(rows, isCancelled) ? page : nil
  }

  /// The first position whose distance is below `edge`.
  private static func firstPosition(
    _ rows: some ConceptRows, nearerThan edge: Float
  ) throws(WinnowError) -> Int {
    try firstPlace(in: 0..<rows.size) { (place) throws(WinnowError) in
      try rows.distance(place) < edge
    }
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
      guard
        let positions = try rows.positions(ranks, question.order, question.seed, isCancelled)
      else { return nil }
      var lines: [RowLine] = []
      for (index, position) in positions.enumerated() {
        lines.append(try rows.line(position, rank: ranks.lowerBound + index))
      }
      return lines
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
