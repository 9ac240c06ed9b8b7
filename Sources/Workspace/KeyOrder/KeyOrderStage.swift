// key_order.npy: the rows by ascending key (ties: the lower row), so that a key is found by
// bisection and a list by key is written without sorting.  Runs of sorted keys on the disk, merged
// in parts.

import Clustering
import Foundations
import Storage

/// Writes key_order.npy, by way of runs and parts that are tasks of stages of their own.
///
/// - Parameters:
///   - key: that of the stage `keys`.
///   - share: bytes of memory that a task takes.
///   - rowBytes: 4 or 8; nil for what the number of rows needs.
/// - Returns: the keys that several rows have.
/// - Throws: ``WinnowError``, within a second of a cancellation.
/// - Complexity: O(bytes + n log n) time.
func writeKeyOrder(
  _ kind: String, rows: Int, _ stages: BuildStages, _ staging: StagingFiles, key: StageKey,
  share: Int, threads: Int, rowBytes: Int? = nil, isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> RepeatedKeys {
  let names = (runs: "key-runs", cut: "key-cut", parts: "key-parts")
  if let found = try stages.result(
    "keys", of: RepeatedKeys.self, key: key, staging: staging,
    covers: [names.runs, names.cut, names.parts])
  {
    return found
  }
  let folder = staging.folder
  let bytes = fileSize(folder + "/keys/data.utf8") ?? 16 * rows
  // Large enough that a part reads pieces, not crumbs, of every run; small enough to end soon.
  let limit = min(max(1, share), max(32 << 20, (bytes + KeyBytes.bytesPerKey * rows) / 2048))
  var partKey = key
  partKey.parameters["the size of parts"] = "\(limit) bytes"
  func open(_ name: String, _ count: Int) throws(WinnowError) -> Stage {
    try stages.open(
      name, key: partKey, results: (0..<count).map { "part-\($0)" },
      shares: .rows(count, rows: rows), isWhole: HeaderSeal.isWhole)
  }
  let runs = try KeyRuns(folder: folder + "/keys", kind: kind, rows: rows, limit: limit)
  let runStage = try open(names.runs, runs.count)
  try runStage.run(threads: threads, isCancelled: isCancelled) {
    (_, run) throws(WinnowError) in try runs.write(run, to: runStage.paths[run])
  }
  let starts = try stages.once(
    names.cut, key: partKey, staging: staging, isCancelled: isCancelled
  ) { (_, _) throws(WinnowError) in
    try KeyParts(runs: runStage.paths, rows: rows, limit: limit).starts
  }
  let parts = KeyParts(runs: runStage.paths, rows: rows, starts: starts)
  let width = rowBytes ?? MemberParts.rowBytes(rows)
  let partStage = try open(names.parts, parts.count)
  try partStage.run(threads: threads, isCancelled: isCancelled) {
    (_, part) throws(WinnowError) in
    try parts.write(part, to: partStage.paths[part], rowBytes: width)
  }
  let found = try stages.once("keys", key: key, staging: staging, isCancelled: isCancelled) {
    (files, _) throws(WinnowError) in
    files.record(
      "key_order.npy",
      try joinFiles(
        partStage.paths.enumerated().map { ($1, KeyPartHeader.size, width * parts.rows($0)) },
        to: folder + "/key_order.npy", width == 8 ? .uint64 : .uint32, shape: [rows], isCancelled))
    return try RepeatedKeys(
      parts: partStage.paths, rowBytes: width,
      of: KeySource(folder: folder + "/keys", kind: kind, rows: rows))
  }
  try stages.drop(names.runs, names.cut, names.parts)
  return found
}

/// The same for a folder that is no build's.
///
/// - Parameter memory: bytes that all threads together take.
@discardableResult
package func writeKeyOrder(
  _ kind: String, rows: Int, folder: String, memory: Int, threads: Int, rowBytes: Int? = nil,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> RepeatedKeys {
  try writeKeyOrder(
    kind, rows: rows, BuildStages(folder: folder, threads: threads, tell: { _ in }),
    StagingFiles(folder: folder), key: StageKey(program: "", parameters: [:]),
    share: memory / max(1, threads), threads: threads, rowBytes: rowBytes, isCancelled: isCancelled)
}
