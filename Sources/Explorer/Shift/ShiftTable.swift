// What Shift shows, as values: the concepts in two orders, sums along the order of P from which a
// plot of any width is read off, and what has changed against the plan before. Made once a change
// of either plan, so that a cursor key costs nothing.

import Pruning

/// The orders of Shift's list, as its border names them.
enum ShiftOrder: String, CaseIterable, Sendable {
  case change = "by change"
  case gains = "gains first"
  case losses = "losses first"
  case share = "by P"
}

/// Sums over some concepts.
package struct ShiftSums: Sendable, Equatable {
  package var concepts = 0
  package var size = 0
  package var before = 0
  package var after = 0
  package var saturatedBefore = 0
  package var saturated = 0

  mutating func add(_ other: ShiftSums) {
    concepts += other.concepts
    size += other.size
    before += other.before
    after += other.after
    saturatedBefore += other.saturatedBefore
    saturated += other.saturated
  }
}

/// Two plans, and what quotas tell about them.
struct Comparison: Sendable {
  let old: Baseline
  let question: TurnoverQuestion
  let counts: PlanCounts
  /// The fewest and the most rows that enter and leave.
  let least: Turnover
  let most: Turnover

  /// - Complexity: O(k).
  init(_ old: Baseline, _ state: State) {
    let size = state.subject.scores.size
    self.old = old
    question = TurnoverQuestion(
      old: old.plan, oldQuota: old.quota, new: state.plan, newQuota: state.quotas.quota)
    counts =
      old == state.baseline
      ? state.counts : PlanCounts(state.quotas, against: old.quota, size: size)
    (least, most) = Turnover.bounds(
      old.plan, old.quota, state.plan, state.quotas.quota, size: size)
  }
}

/// The values of Shift for two plans.
package struct ShiftTable: Sendable {
  let comparison: Comparison
  /// The stored scenarios against the plan on the screen, by their number less one.
  let scenarios: [Comparison?]
  let sorting: ShiftOrder
  package let ranking: ShareRanking
  /// The concepts that pass the filter of Concepts; nil for all.
  let filtered: RowSet?
  /// Those of them that have rows, as the list shows them.
  package let order: [Int]
  /// The columns of the plot: each stands for as many concepts as the others, in the order of P;
  /// at most one column a concept.
  package let columns: [ShiftSums]
  /// How many columns there was room for.
  let width: Int
  /// The sums over all concepts.
  package let total: ShiftSums

  /// - Parameter last: the table before this one, whose parts may still hold.
  /// - Complexity: O(k).
  init(_ state: State, _ filtered: RowSet?, last: ShiftTable?) {
    let size = state.subject.scores.size
    comparison = Comparison(state.shiftBefore, state)
    let (old, new) = (comparison.old.quota, state.quotas.quota)
    scenarios = state.scenarios.map { stored in stored.map { Comparison($0, state) } }
    sorting = state.shift.sorting
    ranking = last.flatMap { $0.ranking.fits(state) ? $0.ranking : nil } ?? ShareRanking(state)
    let order: [Int]
    switch sorting {
    case .share: order = ranking.concepts
    case .change: order = ShiftTable.order(old, new) { abs($1 - $0) }
    case .gains: order = ShiftTable.order(old, new) { $1 - $0 }
    case .losses: order = ShiftTable.order(old, new) { $0 - $1 }
    }
    self.filtered = filtered
    self.order =
      filtered == nil && ranking.concepts.count == size.count
      ? order : order.filter { size[$0] > 0 && filtered?.contains($0) != false }
    width = state.shiftLayout.plotColumns
    // At least one column, because the totals are the sums of all.
    columns = ShiftTable.columns(max(1, width), ranking, size, old, new)
    total = columns.reduce(into: ShiftSums()) { $0.add($1) }
  }

  private static func order(_ old: [Int], _ new: [Int], _ value: (Int, Int) -> Int) -> [Int] {
    radixOrder(counts: zip(old, new).map(value), descending: true)
  }

  private static func columns(
    _ width: Int, _ ranking: ShareRanking, _ size: [Int], _ old: [Int], _ new: [Int]
  ) -> [ShiftSums] {
    let count = min(width, ranking.concepts.count)
    return (0..<count).map { column in
      let range = ranking.edge(column, of: count)..<ranking.edge(column + 1, of: count)
      var sum = ShiftSums()
      sum.concepts = range.count
      for cluster in ranking.concepts[range] {
        let (whole, before, after) = (size[cluster], old[cluster], new[cluster])
        sum.size += whole
        sum.before += before
        sum.after += after
        sum.saturatedBefore += before == whole ? 1 : 0
        sum.saturated += after == whole ? 1 : 0
      }
      return sum
    }
  }

  func fits(_ state: State, _ filtered: RowSet?) -> Bool {
    sorting == state.shift.sorting && width == state.shiftLayout.plotColumns
      && self.filtered == filtered && comparison.old == state.shiftBefore
      && comparison.question.new == state.plan
      && comparison.question.newQuota == state.quotas.quota
      && zip(scenarios, state.scenarios).allSatisfy { $0?.old == $1 }
  }

  /// In the border of the list.
  var title: String { sorting.rawValue + (filtered == nil ? "" : ", filtered") }

  /// The pairs of plans whose rows have to be counted, the most wanted first.
  var uncounted: [TurnoverQuestion] {
    ([comparison] + scenarios.compactMap { $0 }).filter { $0.least != $0.most }.map(\.question)
  }
}
