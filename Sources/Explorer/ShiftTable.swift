// What Shift shows, as values: the concepts in two orders, sums along the order of P from which a
// plot of any width is read off, and what has changed against the plan before. Made once a change
// of either plan, so that a cursor key costs nothing.

import Pruning

/// The orders of Shift's list.
enum ShiftOrder: String, CaseIterable, Sendable {
  case change, gains, losses, share

  /// In the border of the list.
  var title: String {
    switch self {
    case .change: "by change"
    case .gains: "gains first"
    case .losses: "losses first"
    case .share: "by P"
    }
  }
}

/// Sums over the first concepts in the order of P.
package struct ShiftSums: Sendable, Equatable {
  package var concepts = 0
  package var size = 0
  package var before = 0
  package var after = 0
  package var saturatedBefore = 0
  package var saturated = 0

  static func - (a: ShiftSums, b: ShiftSums) -> ShiftSums {
    ShiftSums(
      concepts: a.concepts - b.concepts, size: a.size - b.size, before: a.before - b.before,
      after: a.after - b.after, saturatedBefore: a.saturatedBefore - b.saturatedBefore,
      saturated: a.saturated - b.saturated)
  }
}

/// Two plans, and what quotas tell about them.
struct Comparison: Sendable {
  let old: Baseline
  let question: TurnoverQuestion
  let impact: Impact
  /// The fewest and the most rows that enter and leave.
  let least: Turnover
  let most: Turnover

  /// - Complexity: O(k).
  init(_ old: Baseline, _ plan: Plan, _ quotas: Quotas, size: [Int]) {
    self.old = old
    question = TurnoverQuestion(old, plan, quotas.quota)
    impact = Impact(quotas, against: old.quota, size: size)
    (least, most) = Turnover.bounds(old.plan, old.quota, plan, quotas.quota, size: size)
  }
}

/// The values of Shift for two plans.
package struct ShiftTable: Sendable {
  let comparison: Comparison
  /// The stored scenarios against the plan on the screen, by their number less one.
  let scenarios: [Comparison?]
  let sorting: ShiftOrder
  /// Concepts that have rows, as the list shows them.
  package let order: [Int]
  /// The same by falling P of the plan on the screen; those without a share (fixed ones) last.
  package let byShare: [Int]
  /// How many of `byShare` have a share.
  package let sharing: Int
  /// The sums over the first i of `byShare`, for i from 0 to their number.
  package let sums: [ShiftSums]
  /// Where a concept stands in `byShare`; -1 for one without rows.
  let place: [Int32]

  /// - Complexity: O(k).
  init(_ state: State, before: Baseline, sorting: ShiftOrder) {
    let size = state.subject.scores.size
    let (old, new) = (before.quota, state.quotas.quota)
    comparison = Comparison(before, state.plan, state.quotas, size: size)
    scenarios = state.scenarios.map { stored in
      stored.map { Comparison($0, state.plan, state.quotas, size: size) }
    }
    self.sorting = sorting
    let share = state.quotas.probability
    let ranked = ShiftTable.ranked(state).filter { size[$0] > 0 }
    byShare = ranked
    sharing = ranked.firstIndex { share[$0] == 0 } ?? ranked.count
    switch sorting {
    case .share: order = ranked
    case .change:
      order = ShiftTable.order(size) { Double(abs(new[$0] - old[$0])) }
    case .gains: order = ShiftTable.order(size) { Double(new[$0] - old[$0]) }
    case .losses: order = ShiftTable.order(size) { Double(old[$0] - new[$0]) }
    }
    var place = [Int32](repeating: -1, count: size.count)
    var sums: [ShiftSums] = []
    sums.reserveCapacity(ranked.count + 1)
    var sum = ShiftSums()
    sums.append(sum)
    for (index, cluster) in ranked.enumerated() {
      place[cluster] = Int32(truncatingIfNeeded: index)
      let whole = size[cluster]
      sum.concepts += 1
      sum.size += whole
      sum.before += old[cluster]
      sum.after += new[cluster]
      sum.saturatedBefore += old[cluster] == whole ? 1 : 0
      sum.saturated += new[cluster] == whole ? 1 : 0
      sums.append(sum)
    }
    self.place = place
    self.sums = sums
  }

  /// All concepts by falling P; where P is the same for all, by falling complexity.
  private static func ranked(_ state: State) -> [Int] {
    let share = state.quotas.probability
    guard state.plan.strategy == .uniform else { return radixOrder(share, descending: true) }
    let complex = radixOrder(state.subject.scores.complexity, descending: true)
    return radixOrder(complex.map { share[$0] }, descending: true).map { complex[$0] }
  }

  private static func order(_ size: [Int], _ value: (Int) -> Double) -> [Int] {
    radixOrder(size.indices.map(value), descending: true).filter { size[$0] > 0 }
  }

  /// Whether the table is still that of these plans.
  func fits(_ state: State, before: Baseline, sorting: ShiftOrder) -> Bool {
    self.sorting == sorting && comparison.old == before
      && comparison.question.new == state.plan
      && comparison.question.newQuota == state.quotas.quota
      && zip(scenarios, state.scenarios).allSatisfy { $0?.old == $1 }
  }

  /// The pairs of plans whose rows have to be counted, the most wanted first.
  var uncounted: [TurnoverQuestion] {
    ([comparison] + scenarios.compactMap { $0 }).filter { $0.least != $0.most }.map(\.question)
  }

  /// The sums of `count` columns, each of which stands for as many concepts as the others, in the
  /// order of P; at most one column a concept.
  /// - Complexity: O(count).
  package func columns(_ count: Int) -> [ShiftSums] {
    let concepts = byShare.count
    let columns = min(max(0, count), concepts)
    return (0..<columns).map { column in
      sums[edge(column + 1, of: columns)] - sums[edge(column, of: columns)]
    }
  }

  /// The first place in `byShare` of a column.
  private func edge(_ column: Int, of columns: Int) -> Int { column * byShare.count / columns }

  /// The column of a concept.
  package func column(of cluster: Int, of count: Int) -> Int? {
    let columns = min(count, byShare.count)
    guard columns > 0, place.indices.contains(cluster), place[cluster] >= 0 else { return nil }
    // The last column that does not begin after the concept.
    let place = Int(place[cluster])
    return ((place + 1) * columns - 1) / byShare.count
  }

  /// The concept in the middle of a column.
  package func concept(inColumn column: Int, of count: Int) -> Int? {
    let columns = min(count, byShare.count)
    guard (0..<columns).contains(column) else { return nil }
    return byShare[(edge(column, of: columns) + edge(column + 1, of: columns)) / 2]
  }
}
