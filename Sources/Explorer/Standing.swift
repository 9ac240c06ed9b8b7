// Where a concept stands among the others: the rank of each of its figures.

import Pruning

/// Ranks of one concept, 1 for the largest value; equal values share the better rank.
struct Standing: Sendable, Equatable {
  let cluster: Int
  let size, dIntra, dInter, complexity, probability, quota: Int

  /// - Complexity: O(k).
  init(of cluster: Int, _ scores: ConceptScores, _ quotas: Quotas) {
    self.cluster = cluster
    size = rank(cluster, scores.size)
    dIntra = rank(cluster, scores.dIntra)
    dInter = rank(cluster, scores.dInter)
    complexity = rank(cluster, scores.complexity)
    probability = rank(cluster, quotas.probability)
    quota = rank(cluster, quotas.quota)
  }
}

private func rank<Value: Comparable>(_ cluster: Int, _ values: [Value]) -> Int {
  let own = values[cluster]
  var rank = 1
  // Without a branch, and without a check: there are fewer values than Int counts.
  for value in values { rank &+= value > own ? 1 : 0 }
  return rank
}
