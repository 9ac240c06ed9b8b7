// Every candidate's coarse cluster, as runs like those of the concepts.

import Foundations
import Tasks

extension StageName { package static let coarseAssign = StageName("coarse-assign") }

struct CoarseAssignStage: AssignmentStage, FineTrainingStage {
  let name = StageName.coarseAssign
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.coarseTrain, job.searchedStage] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    try job.hasTwoLevels() ? runNames(job) : []
  }
  func needs(_ job: BuildJob) -> TaskNeeds { job.fineAssignmentNeeds }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let count = FineLevels.coarseClusters(try job.fineClusters())
    try assign(
      tasks, to: try job.readTrained(job.paths(of: .coarseTrain)[0], count: count),
      of: job.searched(), job, run)
  }
  func conclude(_ job: BuildJob) throws(WinnowError) {
    if try job.hasTwoLevels() { try checkRuns(hold: job.searched(), job) }
  }
}

extension BuildJob {
  /// A task that finds the fine clusters of rows, or the coarse ones.
  var fineAssignmentNeeds: TaskNeeds {
    let one = shape.single
    return TaskNeeds(
      threads: 1, memory: one.assignment(one.searchedAtOnce) + one.candidateBytes)
  }
}
