// key_order.npy: the rows by ascending key (ties: the lower row), so that a key is found by
// bisection and a list by key is written without sorting.  Runs of sorted keys on the disk, merged
// in parts.

import Clustering
import Storage

/// Writes key_order.npy, by way of runs and parts that are tasks of stages of their own.
///
/// - Parameters:
///   - memory: bytes that all threads together take.
///   - rowBytes: 4 or 8; nil for what the number of rows needs.
///   - open: opens a stage of this name, of `count` tasks of at most `limit` bytes.
/// - Returns: the keys that several rows have.
/// - Throws: ``WorkspaceError``, within a second of a cancellation.
/// - Complexity: O(bytes + n log n) time.
@discardableResult
func writeKeyOrder(
  _ kind: String, rows: Int, to staging: StagingFiles, memory: Int, threads: Int,
  rowBytes: Int? = nil, isCancelled: @escaping @Sendable () -> Bool,
  open: (_ name: String, _ limit: Int, _ count: Int) throws(WorkspaceError) -> Stage
) throws(WorkspaceError) -> RepeatedKeys {
  let folder = staging.folder
  let share = max(1, memory / max(1, threads))
  let bytes = fileSize(folder + "/keys/data.utf8") ?? 16 * rows
  // Large enough that a part reads pieces, not crumbs, of every run; small enough to end soon.
  let limit = min(share, max(32 << 20, (bytes + KeyBytes.bytesPerKey * rows) / 2048))
  let runs = try KeyRuns(folder: folder + "/keys", kind: kind, rows: rows, limit: limit)
  let runStage = try open("key-runs", limit, runs.count)
  try runStage.run(threads: threads, isCancelled: isCancelled) {
    (_, run) throws(WorkspaceError) in try runs.write(run, to: runStage.paths[run])
  }
  let parts = try KeyParts(runs: runStage.paths, rows: rows, limit: limit)
  let width = rowBytes ?? MemberParts.rowBytes(rows)
  let partStage = try open("key-parts", limit, parts.count)
  try partStage.run(threads: threads, isCancelled: isCancelled) {
    (_, part) throws(WorkspaceError) in
    try parts.write(part, to: partStage.paths[part], rowBytes: width)
  }
  staging.record(
    "key_order.npy",
    try joinFiles(
      partStage.paths.enumerated().map { ($1, KeyPartHeader.size, width * parts.rows($0)) },
      to: folder + "/key_order.npy", width == 8 ? .uint64 : .uint32, shape: [rows], isCancelled))
  return try RepeatedKeys(
    parts: partStage.paths, rowBytes: width,
    of: KeySource(folder: folder + "/keys", kind: kind, rows: rows))
}

/// The same for a folder that is no build's; its stages stay.
@discardableResult
package func writeKeyOrder(
  _ kind: String, rows: Int, folder: String, memory: Int, threads: Int, rowBytes: Int? = nil,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WorkspaceError) -> RepeatedKeys {
  let stages = BuildStages(folder: folder, threads: threads, tell: { _ in })
  return try writeKeyOrder(
    kind, rows: rows, to: StagingFiles(folder: folder), memory: memory, threads: threads,
    rowBytes: rowBytes, isCancelled: isCancelled
  ) { (name, limit, count) throws(WorkspaceError) in
    try stages.openSorting(name, StageKey(program: "", parameters: [:]), limit, count)
  }
}

extension BuildStages {
  /// Opens a stage of runs or parts of at most `limit` bytes.
  func openSorting(
    _ name: String, _ key: StageKey, _ limit: Int, _ count: Int
  ) throws(WorkspaceError) -> Stage {
    var key = key
    key.parameters["the size of parts"] = "\(limit) bytes"
    return try open(
      name, key: key, results: (0..<count).map { "part-\($0)" }, isWhole: HeaderSeal.isWhole)
  }
}

/// Runs tasks that may fail; the failure of the lowest one is thrown.
func inParallel(
  _ tasks: Int, _ threads: Int, _ isCancelled: @Sendable () -> Bool,
  _ body: @Sendable (Int) throws(WorkspaceError) -> Void
) throws(WorkspaceError) {
  let failure = FirstFailure()
  parallel(tasks: tasks, threads: threads) { _, task in
    if failure.hasFailed { return }
    do throws(WorkspaceError) {
      if isCancelled() { throw .interrupted }
      try body(task)
    } catch { failure.record(error, task: task) }
  }
  try failure.rethrow()
}
