// columns/: what the columns of numbers come to in each concept.

import Foundations
import Storage
import Synchronization
import Tasks
import Workspace

extension StageName { package static let columns = StageName("columns") }

struct ColumnsStage: SingleStage, BuildStage {
  let name = StageName.columns

  func after(_ job: BuildJob) -> [StageName] { [.sort, .metadata] }

  private func count(_ job: BuildJob) -> Int { job.dataset.columns?.numeric.count ?? 0 }
  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [count(job) * job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.sharedSortingNeeds }
  func bytes(_ job: BuildJob) -> Int { 24 * count(job) * job.shape.rows }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: 1, disk: 56 * count(job) * job.shape.clusters,
      seconds: Double(job.shape.rows) * Double(count(job)) / 10e6 / rates.cores)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    let (columns, runs, files) = (try job.metadata().numeric, try job.paths(of: .assign), run.files)
    let (c, k) = (columns.count, job.parameters.clusters)
    func report(_ done: Int) {
      job.graph.report(.columns, done: done * k, total: c * k, unit: "concepts")
    }
    report(0)
    try makeFolder(job.path("columns"))
    var count = try files.open("columns/count.npy", .uint64, shape: [c, k])
    var mean = try files.open("columns/mean.npy", .float64, shape: [c, k])
    var quantiles = try files.open(
      "columns/quantiles.npy", .float64, shape: [c, k, ValueSummary.fractions.count])
    let share = job.shape.sortMemory / (ValueParts.bytesPerValue * max(1, run.threads))
    for (number, column) in columns.enumerated() {
      let found = try summarise(
        job.path(column), runs: runs, clusters: k, scratch: partialName(run.folder + "/values"),
        limit: max(1 << 10, share), threads: run.threads, isCancelled: run.isCancelled)
      try count.write(elements: found.map { UInt64($0.count) })
      try mean.write(elements: found.map(\.mean))
      try quantiles.write(elements: found.flatMap(\.quantiles))
      report(number + 1)
    }
    files.record("columns/count.npy", try count.commit())
    files.record("columns/mean.npy", try mean.commit())
    files.record("columns/quantiles.npy", try quantiles.commit())
    return c * k
  }
}

extension BuildShape {
  /// A task that sorts on all threads.
  var sharedSortingNeeds: TaskNeeds {
    TaskNeeds(threads: threads, memory: base + threads * sortShare)
  }
}

/// What a column's values come to in each cluster.
///
/// - Parameters:
///   - column: a float64 array, a value a row, NaN where one is missing.
///   - scratch: a folder that is made for the values by cluster and removed.
///   - limit: values that a task holds at most.
/// - Complexity: O(rows log rows)
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
