// Rows by cluster, farthest first: members.npy, distances.npy and offsets.npy out of the runs of the
// assignment, and with them the integer sums behind d_intra.  Distances are never negative, so their
// bits order as they do.

import Clustering
import Storage
import Synchronization

/// What the members of the clusters add up to.
struct MemberTotals: Sendable {
  /// Rows of each cluster.
  var sizes: [Int]
  /// Sum of round(distance * 2^40) over each cluster's rows.
  var distanceSums: [Int128]
}

/// Distances are summed in units of 2^-40.
let distanceUnit = 0x1p40

/// Writes the arrays, with part files below `stage`.
///
/// - Parameter memory: bytes that all threads together take.
func writeMembers(
  of runs: [String], rows: Int, clusters: Int, stage: String, memory: Int,
  to staging: StagingFiles, parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) -> MemberTotals {
  let limit = MemberParts.partEntries(rows: rows, memory: memory, threads: parameters.threads)
  let parts = try MemberParts(runs: runs, rows: rows, clusters: clusters, limit: limit)
  let total = parts.candidates
  let paths = (0..<parts.count).map { "\(stage)/members-\($0)" }
  observer.progress(BuildProgress(stage: .sort, done: 0, total: total, unit: "rows"))
  let failure = FirstFailure()
  let done = Mutex(0)
  parallel(tasks: parts.count, threads: parameters.threads) { _, part in
    if failure.hasFailed { return }
    do throws(WorkspaceError) {
      if observer.isCancelled() { throw .interrupted }
      try parts.write(part, to: paths[part])
      done.withLock {
        $0 += parts.positions(part).count
        observer.progress(BuildProgress(stage: .sort, done: $0, total: total, unit: "rows"))
      }
    } catch { failure.record(error, task: part) }
  }
  try failure.rethrow()
  return try parts.join(
    paths, to: staging, threads: parameters.threads, isCancelled: observer.isCancelled)
}
