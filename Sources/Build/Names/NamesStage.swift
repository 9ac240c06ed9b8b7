// names.json: what each concept is called.

import Foundations
import Tasks

extension StageName { package static let name = StageName("name") }

struct NamesStage: SingleStage, BuildStage {
  let name = StageName.name

  func after(_ job: BuildJob) -> [StageName] { [.sort, .metadata] }
  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.sharedSortingNeeds }
  func bytes(_ job: BuildJob) -> Int { 600 * (job.parameters.clusters + (1 << 10)) }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let k = job.shape.clusters
    let hasKeys = job.dataset.columns?.key != nil
    return StageForecast(
      tasks: 1, disk: 500 * k,
      seconds: hasKeys ? Double(k) / 500 / rates.cores : Double(job.shape.rows) / 50e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    try ConceptNaming(job, run).write()
    return job.parameters.clusters
  }
}
