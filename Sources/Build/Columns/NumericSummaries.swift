// What the columns of numbers come to in each concept.

import Foundations
import Storage
import Synchronization
import Tasks
import Workspace

/// Writes columns/count.npy, columns/mean.npy and columns/quantiles.npy from the files of values.
///
/// - Parameters:
///   - runs: the results of the assignment.
///   - scratch: a folder that is made for the values by cluster, one column's at a time, and removed.
///   - memory: bytes that all threads together take.
/// - Complexity: O(rows log rows) for each column.
func writeNumericColumns(
  _ columns: [String], of runs: [String], clusters k: Int, scratch: String, memory: Int,
  to staging: StagingFiles, threads: Int, isCancelled: @escaping @Sendable () -> Bool,
  progress: (_ concepts: Int) -> Void
) throws(WinnowError) {
  guard !columns.isEmpty else { return }
  let folder = staging.folder
  try makeFolder(folder + "/columns")
  let c = columns.count
  progress(0)
  var count = try staging.open("columns/count.npy", .uint64, shape: [c, k])
  var mean = try staging.open("columns/mean.npy", .float64, shape: [c, k])
  var quantiles = try staging.open(
    "columns/quantiles.npy", .float64, shape: [c, k, ValueSummary.fractions.count])
  let share = memory / (ValueParts.bytesPerValue * max(1, threads))
  for (number, column) in columns.enumerated() {
    let found = try summarise(
      folder + "/" + column, runs: runs, clusters: k, scratch: scratch, limit: max(1 << 10, share),
      threads: threads, isCancelled: isCancelled)
    try count.write(elements: found.map { UInt64($0.count) })
    try mean.write(elements: found.map(\.mean))
    try quantiles.write(elements: found.flatMap(\.quantiles))
    progress((number + 1) * k)
  }
  staging.record("columns/count.npy", try count.commit())
  staging.record("columns/mean.npy", try mean.commit())
  staging.record("columns/quantiles.npy", try quantiles.commit())
}

/// What a column's values come to in each cluster.
///
/// - Parameters:
///   - column: a float64 array, a value a row, NaN where one is missing.
///   - limit: values that a task holds at most.
package func summarise(
  _ column: String, runs: [String], clusters: Int, scratch: String, limit: Int, threads: Int,
  isCancelled: @escaping @Sendable () -> Bool = { false }
) throws(WinnowError) -> [ValueSummary] {
  try makeFolder(scratch)
  defer { try? removeTree(scratch) }
  let paths = runs.indices.map { "\(scratch)/values-\($0)" }
  try parallel(tasks: runs.count, threads: threads, isCancelled: isCancelled) {
    (_, run) throws(WinnowError) in
    let file = try InputFile(column)
    let start = try NpyHeader(of: file).dataOffset
    try ValueRun.write(of: runs[run], column: file, start: start, to: paths[run])
  }
  let parts = try ValueParts(runs: paths, clusters: clusters, limit: limit)
  let none = ValueSummary(count: 0, mean: .nan, quantiles: [])
  let found = Mutex([ValueSummary](repeating: none, count: clusters))
  try parallel(tasks: parts.count, threads: threads, isCancelled: isCancelled) {
    (_, task) throws(WinnowError) in
    let (first, own) = try parts.summaries(task, isCancelled: isCancelled)
    found.withLock { $0.replaceSubrange(first..<first + own.count, with: own) }
  }
  return found.withLock { $0 }
}
