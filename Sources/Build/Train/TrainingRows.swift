// The rows that k-means sees: the candidates of the smallest hashes.  That needs row numbers and which
// of them are candidates, no embeddings, so another seed or number of rows costs no second scan.
//
// One pass counts hashes by their upper bits, which finds the bucket in which the last wanted hash
// lies; a second one keeps what lies below it.  So memory is that of the result.

import Foundations
import Pruning
import Synchronization

/// The `limit` rows of smallest `splitmix64(seed, row)` (ties: the lower row), ascending; all
/// candidates when there are no more.
///
/// - Parameter candidates: the rows to choose among; nil for all of `rows`.
/// - Complexity: O(rows) time, O(limit) memory and 512 KiB a thread.
func trainingRows(
  _ candidates: CandidateSet?, rows: Int, limit: Int, seed: UInt64, threads: Int,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> [Int] {
  let size = 1 << 20
  let chunks = stride(from: 0, to: rows, by: size).map { $0..<min(rows, $0 + size) }
  let bits = 16
  let counts = Mutex([Int](repeating: 0, count: 1 << bits))
  try parallel(tasks: chunks.count, threads: threads, isCancelled: isCancelled) {
    (_, task) throws(WinnowError) in
    var own = [Int](repeating: 0, count: 1 << bits)
    forEachHash(chunks[task], candidates, seed) { _, hash in
      own[Int(truncatingIfNeeded: hash >> UInt64(64 - bits))] &+= 1
    }
    counts.withLock { counts in
      for bucket in own.indices { counts[bucket] += own[bucket] }
    }
  }
  // Everything below the last bucket is wanted, and some of the last.
  let (last, rest) = counts.withLock { $0.bucket(ofRank: limit) }
  let bound = UInt64(last)
  let found = Mutex(
    [(rows: [Int], edge: [(hash: UInt64, row: Int)])?](
      repeating: nil, count: chunks.count))
  try parallel(tasks: chunks.count, threads: threads, isCancelled: isCancelled) {
    (_, task) throws(WinnowError) in
    var rows: [Int] = []
    var edge: [(hash: UInt64, row: Int)] = []
    forEachHash(chunks[task], candidates, seed) { row, hash in
      let bucket = hash >> UInt64(64 - bits)
      if bucket < bound { rows.append(row) } else if bucket == bound { edge.append((hash, row)) }
    }
    let own = (rows, edge)
    found.withLock { $0[task] = own }
  }
  let parts = found.withLock { $0 }
  var edge = parts.flatMap { $0!.edge }
  edge.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.row < $1.row }
  var rows = parts.flatMap { $0!.rows }
  rows += edge.prefix(rest).map(\.row)
  // Ascending already but for those of the last bucket.
  rows.sort()
  return rows
}

/// Calls `body` with the number and the hash of every candidate of a chunk.
@inline(__always)
private func forEachHash(
  _ chunk: Range<Int>, _ candidates: CandidateSet?, _ seed: UInt64,
  _ body: (_ row: Int, _ hash: UInt64) -> Void
) {
  guard let candidates else {
    for row in chunk { body(row, splitmix64(seed: seed, row: UInt64(row))) }
    return
  }
  candidates.forEach(in: chunk) { body($0, splitmix64(seed: seed, row: UInt64($0))) }
}
