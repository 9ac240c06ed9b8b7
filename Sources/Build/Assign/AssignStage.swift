// The second pass over the embeddings: every candidate's concept and its distance.  Blocks without a
// candidate are not read.

import Foundations
import Tasks

extension StageName { package static let assign = StageName("assign") }

struct AssignStage: AssignmentStage {
  let name = StageName.assign

  func after(_ job: BuildJob) -> [StageName] { [.train, job.candidateStage] }

  func follows(_ job: BuildJob) -> [StageName] { [job.candidateSignature, .train] }
  func parameters(_ job: BuildJob) -> [String: String] {
    job.plan.assignments.map { ["--assignments": $0.digest] } ?? [:]
  }

  func memory(_ shape: BuildShape) -> Int? {
    shape.assignment(shape.clusters) + shape.candidateBytes
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let shape = job.shape
    return StageForecast(
      tasks: shape.runs, disk: 8 * shape.rows, temporary: 8 * shape.rows,
      seconds: Double(shape.rows) * (Double(shape.clusters) / rates.pairs + 1 / rates.rows)
        / rates.cores)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    try assign(
      tasks, to: job.centroids(), of: job.candidates(), given: job.plan.assignments, job, run)
  }

  func conclude(_ job: BuildJob) throws(WinnowError) {
    try checkRuns(hold: job.candidates(), job)
  }
}
