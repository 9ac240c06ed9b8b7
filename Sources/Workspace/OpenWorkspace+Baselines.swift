// The rows of the baselines that know no concepts: a sample of all candidates, and the candidates of
// best similarity. Both are "the N smallest keys", and the key of the last one is found by counting
// 16 bits of the keys at a time: no list of all rows, and nothing is sorted.

import Foundations
import Pruning
import Storage
import Synchronization

extension OpenWorkspace {
  /// The `count` candidates of smallest `splitmix64(seed, row)`.
  ///
  /// - Precondition: `count` is 0 to ``candidates``.
  /// - Parameter threads: the result is the same for any number.
  /// - Throws: ``WinnowError`` when a page of the members is damaged.
  /// - Complexity: O(candidates), five passes; rows / 8 bytes, and 512 KiB a thread.
  public func randomRows(
    _ count: Int, seed: UInt64, threads: Int
  ) throws(WinnowError) -> RowSet {
    try smallest(count, digits: 4, threads) { splitmix64(seed: seed, row: UInt64($0)) }
  }

  /// The `count` candidates of largest similarity, missing ones last, ties by the lower row.
  ///
  /// - Precondition: `count` is 0 to ``candidates``.
  /// - Parameter threads: the result is the same for any number.
  /// - Throws: ``WinnowError`` when there are no similarities, or a page is damaged.
  /// - Complexity: O(candidates), three passes; rows / 4 bytes, and 512 KiB a thread.
  public func mostSimilarRows(_ count: Int, threads: Int) throws(WinnowError) -> RowSet {
    guard let similarities else { throw WinnowError(.similarityMissing) }
    // Sound: the pages are never written, and the array outlives the passes.
    nonisolated(unsafe) let values = similarities.elements
    defer { withExtendedLifetime(similarities) {} }
    return try smallest(count, digits: 2, threads) { row in
      UInt64(descendingBits(values[row]))
    }
  }

  /// How many of these rows each cluster has.
  ///
  /// - Complexity: O(candidates)
  public func counts(of rows: RowSet, threads: Int) throws(WinnowError) -> [Int] {
    precondition(rows.rows == self.rows)
    let counts = Mutex([Int](repeating: 0, count: clusters))
    try parallel(tasks: clusters, threads: threads) { (_, cluster) throws(WinnowError) in
      let range = offsets[cluster]..<offsets[cluster + 1]
      let count = try members.withRows(
        range, checked: false, narrow: { $0.count { rows.contains(Int($0)) } },
        wide: { $0.count { rows.contains(Int(truncatingIfNeeded: $0)) } })
      counts.withLock { $0[cluster] = count }
    }
    return counts.withLock { $0 }
  }

  /// The candidates with the `count` smallest keys of `digits` times 16 bits; ties by the lower row.
  private func smallest(
    _ count: Int, digits: Int, _ threads: Int, key: @Sendable (Int) -> UInt64
  ) throws(WinnowError) -> RowSet {
    precondition((0...candidates).contains(count))
    if count == 0 { return RowSet(rows: rows) }
    // Of the last key taken: its leading digits so far, and its place among keys that share them.
    var prefix: UInt64 = 0
    var place = count
    for digit in (0..<digits).reversed() {
      let shift = UInt64(16 * digit)
      let leading = digit == digits - 1 ? nil : prefix
      let counts = Mutex([Int](repeating: 0, count: 1 << 16))
      try forEachBlock(threads) { rows in
        var own = [Int](repeating: 0, count: 1 << 16)
        for row in rows {
          let value = key(row)
          if let leading, value >> (shift + 16) != leading { continue }
          own[Int(value >> shift & 0xFFFF)] += 1
        }
        counts.withLock { counts in
          for index in own.indices { counts[index] += own[index] }
        }
      }
      let bucket: Int
      (bucket, place) = counts.withLock { $0.bucket(ofRank: place) }
      prefix = prefix << 16 | UInt64(bucket)
    }
    let last = prefix
    var taken = RowSet(rows: rows)
    var equal = RowSet(rows: rows)
    try taken.insertTogether { (taken) throws(WinnowError) in
      try equal.insertTogether { (equal) throws(WinnowError) in
        try forEachBlock(threads) { rows in
          for row in rows {
            let value = key(row)
            if value < last { taken.insert(row) } else if value == last { equal.insert(row) }
          }
        }
      }
    }
    for row in equal.prefix(place) { taken.insert(row) }
    return taken
  }

  /// Gives all candidates, a block at a time, to a body that any thread runs.
  private func forEachBlock(
    _ threads: Int, _ body: @Sendable ([Int]) -> Void
  ) throws(WinnowError) {
    let block = 1 << 20
    try parallel(tasks: (candidates + block - 1) / block, threads: threads) {
      (_, task) throws(WinnowError) in
      let range = task * block..<min(candidates, (task + 1) * block)
      body(
        try members.withRows(
          range, checked: true, narrow: { $0.map { Int($0) } },
          wide: { $0.map { Int(truncatingIfNeeded: $0) } }))
    }
  }
}

// Rows that two plans both keep, and those that enter and leave between them, counted: where quotas
// alone do not tell it, the rows of a concept are chosen twice and compared, one concept at a time,
// so that no list of rows and no set of all rows is ever in memory.

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
