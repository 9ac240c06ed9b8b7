// Where a concept stands among the others: the rank of each of its figures.

import Pruning

/// Ranks of one concept, 1 for the largest value; equal values share the better rank.
struct ConceptRanks: Sendable, Equatable {
  let cluster: Int
  let size, dIntra, dInter, complexity, probability, quota: Int
  private let quotas: Quotas

  /// - Complexity: O(k): two passes, for what changes with the plan.
  init(of cluster: Int, _ fixed: FixedRanks, _ quotas: Quotas) {
    self.cluster = cluster
    self.quotas = quotas
    size = Int(fixed.size[cluster])
    dIntra = Int(fixed.dIntra[cluster])
    dInter = Int(fixed.dInter[cluster])
    complexity = Int(fixed.complexity[cluster])
    probability = rank(cluster, quotas.probability)
    quota = rank(cluster, quotas.quota)
  }

  /// Whether it is that of a concept under these quotas.
  /// - Complexity: O(1) while the quotas are the same value.
  func fits(_ cluster: Int, _ quotas: Quotas) -> Bool {
    self.cluster == cluster && self.quotas == quotas
  }
}

/// Ranks of the figures that no plan changes, one a concept.
struct FixedRanks: Sendable {
  let size, dIntra, dInter, complexity: [UInt32]

  /// - Complexity: O(k).
  init(_ scores: ConceptScores) {
    size = ranks(scores.size.map(Double.init))
    dIntra = ranks(scores.dIntra)
    dInter = ranks(scores.dInter)
    complexity = ranks(scores.complexity)
  }
}

/// The rank of every value, 1 for the largest; equal values share the better one.
private func ranks(_ values: [Double]) -> [UInt32] {
  var ranks = [UInt32](repeating: 1, count: values.count)
  var best = 1
  var last = Double.nan
  for (place, cluster) in radixOrder(values, descending: true).enumerated() {
    if values[cluster] != last { best = place + 1 }
    last = values[cluster]
    ranks[cluster] = UInt32(best)
  }
  return ranks
}

// Two passes over all concepts at each key of the cursor: the sign of a difference is added up,
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
