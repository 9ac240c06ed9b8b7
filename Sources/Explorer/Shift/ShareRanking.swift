// The concepts by falling P. A key that turns the target leaves every P as it was, so the ranking
// is kept until one changes.

import Pruning

/// The concepts that have rows, by falling P; those without a share (fixed ones) come last.
package struct ShareRanking: Sendable {
  package let concepts: [Int]
  /// How many of them have a share.
  let sharing: Int
  /// Where a concept stands; -1 for one without rows.
  let rank: [Int32]
  private let probability: [Double]

  /// Where P is the same for all, complexity decides.
  /// - Complexity: O(k).
  init(_ state: State) {
    let size = state.subject.scores.size
    let share = state.quotas.probability
    var ranked: [Int]
    if state.plan.strategy == .uniform {
      let complex = radixOrder(state.subject.scores.complexity, descending: true)
      ranked = radixOrder(complex.map { share[$0] }, descending: true).map { complex[$0] }
    } else {
      ranked = radixOrder(share, descending: true)
    }
    ranked.removeAll { size[$0] == 0 }
    var rank = [Int32](repeating: -1, count: size.count)
    for (index, cluster) in ranked.enumerated() {
      rank[cluster] = Int32(truncatingIfNeeded: index)
    }
    concepts = ranked
    sharing = ranked.firstIndex { share[$0] == 0 } ?? ranked.count
    self.rank = rank
    probability = share
  }

  /// Whether it is still that of the plan on the screen.
  /// - Complexity: O(k), a comparison each.
  func fits(_ state: State) -> Bool { probability == state.quotas.probability }

  /// The first rank of a column of `count`.
  func edge(_ column: Int, of count: Int) -> Int { column * concepts.count / count }

  /// The column, of `count`, in which a concept stands.
  package func column(of cluster: Int, of count: Int) -> Int? {
    let columns = min(count, concepts.count)
    guard columns > 0, rank.indices.contains(cluster), rank[cluster] >= 0 else { return nil }
    // The last column that does not begin after the concept.
    return ((Int(rank[cluster]) + 1) * columns - 1) / concepts.count
  }

  /// The concept in the middle of a column of `count`.
  package func concept(inColumn column: Int, of count: Int) -> Int? {
    let columns = min(count, concepts.count)
    guard (0..<columns).contains(column) else { return nil }
    return concepts[(edge(column, of: columns) + edge(column + 1, of: columns)) / 2]
  }
}
