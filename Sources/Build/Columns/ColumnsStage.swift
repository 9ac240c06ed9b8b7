// columns/: what the columns of numbers come to in each concept.

import Foundations
import Storage
import Tasks

extension StageName { package static let columns = StageName("columns") }

struct ColumnsStage: SingleStage, BuildStage {
  typealias Value = Int
  let name = StageName.columns

  func after(_ job: BuildJob) -> [StageName] { [.sort, .metadata] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.signature(after: [.metadata, .sort])
  }

  private func count(_ job: BuildJob) -> Int { job.dataset.columns?.numeric.count ?? 0 }
  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [count(job) * job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.sharedSortingNeeds }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 24 * count(job) * job.shape.rows)
  }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: 1, disk: 56 * count(job) * job.shape.clusters,
      seconds: Double(job.shape.rows) * Double(count(job)) / 10e6 / rates.cores)
  }

  func make(_ job: BuildJob, _ files: StagingFiles, _ run: StageRun) throws(WinnowError) -> Int {
    let k = job.parameters.clusters
    try writeNumericColumns(
      try job.metadata().numeric, of: job.paths(of: .assign), clusters: k,
      scratch: partialName(run.folder + "/values"), memory: job.shape.sortMemory, to: files,
      threads: run.threads, isCancelled: run.isCancelled
    ) { job.report(.columns, done: $0, total: count(job) * k, unit: "concepts") }
    return count(job) * k
  }
}

extension BuildShape {
  /// A task that sorts on all threads.
  var sharedSortingNeeds: TaskNeeds {
    TaskNeeds(threads: threads, memory: base + threads * sortShare)
  }
}
