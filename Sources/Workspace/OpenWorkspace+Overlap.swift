// How many rows two plans both keep, concept by concept: no list of rows and no set of all rows.

import Foundations
import Pruning
import Synchronization

extension OpenWorkspace {
  /// The rows of each cluster that both plans keep.
  ///
  /// - Parameters:
  ///   - quotas: of the plans, one a cluster, 0 to its size.
  ///   - threads: the result is the same for any number.
  /// - Throws: ``WinnowError`` when an order needs similarities that are not there, or a page
  ///   that is read is damaged.
  /// - Complexity: O(k) where both plans have the same nested order, else O(candidates); a bit a row
  ///   of the largest clusters, twice a thread.
  public func overlaps(
    _ one: Plan, _ oneQuotas: [Int], _ other: Plan, _ otherQuotas: [Int], threads: Int
  ) throws(WinnowError) -> [Int] {
    precondition(oneQuotas.count == clusters && otherQuotas.count == clusters)
    for plan in [one, other] where plan.order == .similarity && !hasSimilarity {
      throw WinnowError(.similarityMissing)
    }
    let isSameOrder =
      one.order == other.order && one.order != .stratified
      && (one.order != .random || one.selectionSeed == other.selectionSeed)
    if isSameOrder { return zip(oneQuotas, otherQuotas).map { min($0, $1) } }
    let counts = Mutex([Int](repeating: 0, count: clusters))
    try parallel(tasks: clusters, threads: threads) { (_, cluster) throws(WinnowError) in
      let size = offsets[cluster + 1] - offsets[cluster]
      let (left, right) = (oneQuotas[cluster], otherQuotas[cluster])
      var count = min(left, right)
      if left > 0, right > 0, left < size, right < size {
        let own = try keptPositions(of: cluster, quota: left, one)
        let others = try keptPositions(of: cluster, quota: right, other)
        count = 0
        for position in own where others.contains(position) { count += 1 }
      }
      counts.withLock { $0[cluster] = count }
    }
    return counts.withLock { $0 }
  }
}
