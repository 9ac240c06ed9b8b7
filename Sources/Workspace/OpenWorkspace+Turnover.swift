// Rows that two plans both keep, and those that enter and leave between them, counted: where quotas
// alone do not tell it, the rows of a concept are chosen twice and compared, one concept at a time,
// so that no list of rows and no set of all rows is ever in memory.

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
    try requireSimilarity(for: one.order, other.order)
    let unknown = Turnover.unknown(one, oneQuotas, other, otherQuotas, size: scores.size)
    let counts = Mutex(zip(oneQuotas, otherQuotas).map { min($0, $1) })
    try parallel(tasks: unknown.count, threads: threads) { (_, task) throws(WinnowError) in
      let cluster = unknown[task]
      let count = try overlap(cluster, one, oneQuotas[cluster], other, otherQuotas[cluster])
      counts.withLock { $0[cluster] = count }
    }
    return counts.withLock { $0 }
  }

  /// How many rows only the new or only the old plan keeps.
  ///
  /// - Parameters:
  ///   - threads: the result is the same for any number.
  ///   - progress: told the part of the rows that is done, 0...1; false gives up.
  /// - Returns: nil when it was given up.
  /// - Throws: ``WinnowError`` when an order needs similarities that are not there, or a page
  ///   that is read is damaged.
  /// - Complexity: O(k), and O(M) for each concept that quotas do not tell; a bit a row of the
  ///   largest ones, twice a thread.
  public func turnover(
    from old: Plan, _ oldQuota: [Int], to new: Plan, _ newQuota: [Int], threads: Int,
    progress: (Double) -> Bool
  ) throws(WinnowError) -> Turnover? {
    try requireSimilarity(for: old.order, new.order)
    let size = scores.size
    let unknown = Turnover.unknown(old, oldQuota, new, newQuota, size: size)
    // What quotas tell, and of the others the rows that must move at least; counted on from there.
    var result = Turnover.bounds(old, oldQuota, new, newQuota, size: size).least
    let rows = unknown.reduce(0) { $0 + size[$1] }
    var done = 0
    var next = 0
    while next < unknown.count {
      guard progress(Double(done) / Double(max(1, rows))) else { return nil }
      // A batch is small enough that giving up is felt at once.
      var end = next
      var batch = 0
      while end < unknown.count, end == next || batch + size[unknown[end]] <= 1 << 20 {
        batch += size[unknown[end]]
        end += 1
      }
      let clusters = unknown[next..<end]
      let more = Mutex(0)
      try parallel(tasks: clusters.count, threads: max(1, threads)) {
        (_, task) throws(WinnowError) in
        let cluster = clusters[clusters.startIndex + task]
        let (before, after) = (oldQuota[cluster], newQuota[cluster])
        // Beyond the difference of the quotas, as many enter as leave.
        let entering = after - (try overlap(cluster, old, before, new, after))
        more.withLock { $0 += entering - max(0, after - before) }
      }
      let moved = more.withLock { $0 }
      result.entering += moved
      result.leaving += moved
      done += batch
      next = end
    }
    return result
  }

  /// The rows of a concept that two quotas of two plans both keep.
  private func overlap(
    _ cluster: Int, _ one: Plan, _ oneQuota: Int, _ other: Plan, _ otherQuota: Int
  ) throws(WinnowError) -> Int {
    let own = try keptPositions(of: cluster, quota: oneQuota, one)
    let others = try keptPositions(of: cluster, quota: otherQuota, other)
    var both = 0
    for position in own where others.contains(position) { both += 1 }
    return both
  }
}
