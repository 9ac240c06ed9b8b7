// Rows that enter and leave between two plans, counted: where quotas alone do not tell it, the
// rows of a concept are chosen twice and compared, one concept at a time, so that no list of rows
// and no set of all rows is ever in memory.

import Foundations
import Pruning
import Synchronization

extension OpenWorkspace {
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
    for plan in [old, new] where plan.order == .similarity && !hasSimilarity {
      throw WinnowError(.similarityMissing)
    }
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
        let count = try rowsBeyondQuotas(
          cluster, old, oldQuota[cluster], new, newQuota[cluster])
        more.withLock { $0 += count }
      }
      let moved = more.withLock { $0 }
      result.entering += moved
      result.leaving += moved
      done += batch
      next = end
    }
    return result
  }

  /// The rows of a concept that change places beyond the difference of its quotas: as many more
  /// enter as leave.
  private func rowsBeyondQuotas(
    _ cluster: Int, _ old: Plan, _ before: Int, _ new: Plan, _ after: Int
  ) throws(WinnowError) -> Int {
    let was = try keptPositions(of: cluster, quota: before, old)
    let becomes = try keptPositions(of: cluster, quota: after, new)
    var entering = 0
    for position in becomes where !was.contains(position) { entering += 1 }
    return entering - max(0, after - before)
  }
}
