// `--where`: the rows of every shard for which the condition holds, one task per shard.

import Foundations
import Ingest
import Tasks

extension StageName { package static let condition = StageName("where") }

struct WhereStage: BuildStage {
  let name = StageName.condition
  let step = StageName.filter
  let hasResultPerInput = true
  let resultPrefix = "shard"

  func after(_ job: BuildJob) -> [StageName] { [] }

  func inputs(_ job: BuildJob) -> InputWatch? { job.metadataFiles }
  func parameters(_ job: BuildJob) -> [String: String] {
    var parameters: [String: String] = [:]
    parameters["--where"] = job.parameters.filters.condition
    parameters["the types of columns"] = job.plan.condition?.columnTypes
    return parameters
  }
  func results(_ job: BuildJob) -> [String] { job.dataset.shards.indices.map { "shard-\($0)" } }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: 1, memory: job.shape.single.scanning)
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(
      tasks: job.shape.shards, bytes: job.metadataFiles.bytes + job.dataset.rows / 8)
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: job.shape.shards, disk: job.dataset.rows / 8,
      seconds: Double(job.dataset.rows) / 1e6 / rates.threads(job.shape.shards))
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let checked = job.plan.condition else { return }
    let shards = job.dataset.shards
    let passes = FilterPasses(job, passed: 0)
    passes.report(0)
    try run.inParallel(tasks) { (_, shard) throws(WinnowError) in
      let verdicts = try job.metadataFiles.reading([shard]) { () throws(WinnowError) in
        var verdicts = VerdictBits(count: shards[shard].rows)
        var row = 0
        var isCancelled = false
        try RowCondition(checked, job.parameters.ingest).evaluate(shards[shard]) { holds in
          if holds { verdicts.set(row) }
          row += 1
          if row & 0xFFFF == 0 {
            passes.report(1 << 16)
            isCancelled = isCancelled || run.isCancelled()
          }
          return !isCancelled
        }
        if isCancelled { throw .interrupted }
        passes.report(row & 0xFFFF)
        return verdicts
      }
      try SealedFile.write(verdicts.bytes, to: run.paths[shard])
    }
  }
}
