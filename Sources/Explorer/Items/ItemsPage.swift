// The rows of a concept that the Items screen shows, fetched for the lines on the screen only.

import Foundations
import Pruning

/// Which rows are asked for.
public struct ItemsQuestion: Request {
  public let cluster: Int
  public let order: Order
  public let seed: UInt64
  /// Ranks in the order, from 0; within the concept.
  public let ranks: Range<Int>

  public static var fillsScreen: Bool { true }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> ItemsPage? {
    try ItemsPage.read(self, work.rows(of: cluster)) { !progress(0) }
  }

  public func receive(_ answer: ItemsPage, _ state: inout State) { state.items.page = answer }

  /// Keeps an empty page, so that it is not asked for again.
  public func fail(_ reason: String, _ state: inout State) {
    state.items.page = ItemsPage(question: self, lines: [])
  }
}

/// The answer: one line a rank.
public struct ItemsPage: Sendable, Equatable {
  public let question: ItemsQuestion
  /// As many as ranks, in their order; empty when nothing could be read.
  public let lines: [RowLine]

  /// Reads the answer; nil when it was cancelled.
  /// - Complexity: O(ranks log M); for `random` and `similarity` two selections over the rows.
  package static func read(
    _ question: ItemsQuestion, _ rows: some ConceptRows, isCancelled: () -> Bool
  ) throws(WinnowError) -> ItemsPage? {
    guard let lines = try rows.lines(question.ranks, question.order, question.seed, isCancelled)
    else { return nil }
    return ItemsPage(question: question, lines: lines)
  }

  /// The line of a rank, if it is here and the order is the same.
  func line(_ rank: Int, of cluster: Int, _ plan: Plan) -> RowLine? {
    let index = rank - question.ranks.lowerBound
    guard question.cluster == cluster, question.order == plan.order,
      question.seed == plan.selectionSeed, lines.indices.contains(index)
    else { return nil }
    return lines[index]
  }
}
