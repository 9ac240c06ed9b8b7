// The rows that k-means sees: the candidates of the smallest hashes.  That needs row numbers and the
// rows that cannot be used, no embeddings, so another seed or number of rows costs no second scan.
//
// One pass counts hashes by their upper bits, which finds the bucket in which the last wanted hash
// lies; a second one keeps what lies below it.  So memory is that of the result.

import Clustering
import Pruning
import Storage
import Synchronization

/// Which rows of a data set can be used.
struct UsableRows: Sendable {
  /// The row at which each shard begins, and the number of rows at the end.
  let firstRows: [Int]
  /// The rows of a shard that cannot be used, ascending and counted within it.
  let invalid: @Sendable (_ shard: Int) throws(WorkspaceError) -> [Int]
}

/// A range of rows of one shard that is hashed as one.
private struct HashChunk: Sendable {
  let shard: Int
  let rows: Range<Int>
}

/// The `limit` rows of smallest `splitmix64(seed, row)` (ties: the lower row), ascending; all that can
/// be used when there are no more.
///
/// - Complexity: O(rows) time, O(limit) memory and 512 KiB a thread.
func trainingRows(
  _ usable: UsableRows, limit: Int, seed: UInt64, threads: Int,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WorkspaceError) -> [Int] {
  let chunks = hashChunks(usable.firstRows)
  let bits = 16
  let failure = FirstFailure()
  let counts = Mutex([Int](repeating: 0, count: 1 << bits))
  parallel(tasks: chunks.count, threads: threads) { _, task in
    if failure.hasFailed { return }
    do throws(WorkspaceError) {
      if isCancelled() { throw .interrupted }
      var own = [Int](repeating: 0, count: 1 << bits)
      try forEachHash(chunks[task], usable, seed) { _, hash in
        own[Int(truncatingIfNeeded: hash >> UInt64(64 - bits))] &+= 1
      }
      counts.withLock { counts in
        for bucket in own.indices { counts[bucket] += own[bucket] }
      }
    } catch { failure.record(error, task: task) }
  }
  try failure.rethrow()
  // Everything below the last bucket is wanted, and some of the last.
  var (last, below) = (0, 0)
  counts.withLock { counts in
    while last < counts.count - 1, below + counts[last] < limit {
      below += counts[last]
      last += 1
    }
  }
  let (bound, rest) = (UInt64(last), limit - below)
  let found = Mutex(
    [(rows: [Int], edge: [(hash: UInt64, row: Int)])?](
      repeating: nil, count: chunks.count))
  parallel(tasks: chunks.count, threads: threads) { _, task in
    if failure.hasFailed { return }
    do throws(WorkspaceError) {
      if isCancelled() { throw .interrupted }
      var rows: [Int] = []
      var edge: [(hash: UInt64, row: Int)] = []
      try forEachHash(chunks[task], usable, seed) { row, hash in
        let bucket = hash >> UInt64(64 - bits)
        if bucket < bound { rows.append(row) } else if bucket == bound { edge.append((hash, row)) }
      }
      let own = (rows, edge)
      found.withLock { $0[task] = own }
    } catch { failure.record(error, task: task) }
  }
  try failure.rethrow()
  let parts = found.withLock { $0 }
  var edge = parts.flatMap { $0!.edge }
  edge.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.row < $1.row }
  var rows = parts.flatMap { $0!.rows }
  rows += edge.prefix(rest).map(\.row)
  // Ascending already but for those of the last bucket.
  rows.sort()
  return rows
}

private func hashChunks(_ firstRows: [Int]) -> [HashChunk] {
  let size = 1 << 20
  return (0..<firstRows.count - 1).flatMap { shard in
    let rows = firstRows[shard + 1] - firstRows[shard]
    return stride(from: 0, to: rows, by: size).map {
      HashChunk(shard: shard, rows: $0..<min(rows, $0 + size))
    }
  }
}

/// Calls `body` with the number and the hash of every usable row of a chunk.
@inline(__always)
private func forEachHash(
  _ chunk: HashChunk, _ usable: UsableRows, _ seed: UInt64,
  _ body: (_ row: Int, _ hash: UInt64) -> Void
) throws(WorkspaceError) {
  let first = usable.firstRows[chunk.shard]
  let invalid = try usable.invalid(chunk.shard).drop { $0 < chunk.rows.lowerBound }
  var next = invalid.startIndex
  for row in chunk.rows {
    if next < invalid.endIndex, invalid[next] == row {
      next += 1
      continue
    }
    body(first + row, splitmix64(seed: seed, row: UInt64(first + row)))
  }
}
