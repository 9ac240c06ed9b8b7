// Where a concept stands among the others: the rank of each of its figures.

import Pruning

/// Ranks of one concept, 1 for the largest value; equal values share the better rank.
struct Standing: Sendable, Equatable {
  let cluster: Int
  let size, dIntra, dInter, complexity, probability, quota: Int
  private let quotas: Quotas

  /// - Complexity: O(k).
  init(of cluster: Int, _ scores: ConceptScores, _ quotas: Quotas) {
    self.cluster = cluster
    self.quotas = quotas
    size = rank(cluster, scores.size)
    dIntra = rank(cluster, scores.dIntra)
    dInter = rank(cluster, scores.dInter)
    complexity = rank(cluster, scores.complexity)
    probability = rank(cluster, quotas.probability)
    quota = rank(cluster, quotas.quota)
  }

  /// Whether it is that of a concept under these quotas.
  /// - Complexity: O(1) while the quotas are the same value.
  func fits(_ cluster: Int, _ quotas: Quotas) -> Bool {
    self.cluster == cluster && self.quotas == quotas
  }
}

// Six passes over all concepts at each key of the cursor: the sign of a difference is added up,
// because a branch on it is as good as random and keeps the loop from running in lanes.

/// - Precondition: the values are finite.
private func rank(_ cluster: Int, _ values: [Double]) -> Int {
  let own = values[cluster]
  var above: UInt64 = 0
  for value in values { above &+= (own - value).bitPattern &>> 63 }
  return 1 + Int(above)
}

/// - Precondition: the values are less than 2^62.
private func rank(_ cluster: Int, _ values: [Int]) -> Int {
  let own = values[cluster]
  var above: UInt64 = 0
  for value in values { above &+= UInt64(bitPattern: Int64(own &- value)) &>> 63 }
  return 1 + Int(above)
}
