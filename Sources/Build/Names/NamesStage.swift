// names.json: what each concept is called.

import Foundations
import Tasks

extension StageName { package static let name = StageName("name") }

struct NamesStage: SingleStage, BuildStage {
  typealias Value = Int
  let name = StageName.name

  func after(_ job: BuildJob) -> [StageName] { [.sort, .metadata] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.namesSignature()
  }
  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.sharedSortingNeeds }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 600 * (job.parameters.clusters + (1 << 10)))
  }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let k = job.shape.clusters
    let hasKeys = job.dataset.columns?.key != nil
    return StageForecast(
      tasks: 1, disk: 500 * k,
      seconds: hasKeys ? Double(k) / 500 / rates.cores : Double(job.shape.rows) / 50e6)
  }

  func make(_ job: BuildJob, _ files: StagingFiles, _ run: StageRun) throws(WinnowError) -> Int {
    let clusters = job.parameters.clusters
    try writeNames(
      try job.metadata().columns, rows: job.dataset.rows, candidates: job.totals().candidates,
      clusters: clusters, to: files, threads: run.threads, isCancelled: run.isCancelled
    ) { job.report(.name, done: $0, total: clusters, unit: "concepts") }
    return clusters
  }
}

extension BuildJob {
  /// Names follow from the metadata, where there is any, and from the members.
  fileprivate func namesSignature() throws(WinnowError) -> StageSignature {
    try signature(after: dataset.columns == nil ? [.sort] : [.metadata, .sort])
  }
}
