// What the search for near duplicates found, brought together: the arrays of the workspace, and the fates
// of all rows.

import Clustering
import Foundations
import Tasks
import Workspace

extension StageName { package static let twins = StageName("twins") }

struct TwinsStage: SingleStage, BuildStage {
  let name = StageName.twins
  let step = StageName.dedup

  func after(_ job: BuildJob) -> [StageName] { [.dedup, job.searchedStage] }
  func follows(_ job: BuildJob) -> [StageName] { DedupStage().follows(job) }
  func parameters(_ job: BuildJob) -> [String: String] { DedupStage().parameters(job) }
  func bytes(_ job: BuildJob) -> Int { 24 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> TwinTotals {
    try writeFineAssignments(
      of: job.paths(of: .fineAssign), rows: job.dataset.rows, to: run.files,
      isCancelled: run.isCancelled)
    return try writeTwins(
      job.searched(), job.paths(of: .dedup), fates: fatesName(name), to: run.files,
      isCancelled: run.isCancelled)
  }

  func conclude(_ job: BuildJob) throws(WinnowError) {
    let criterion = job.deduplication.criterion
    let totals = try job.graph.value(of: self)
    let clusters = try job.fineClusters()
    let dropped = totals.counts.dropped[.duplicate] ?? 0
    job.graph.tell(
      "dedup: \(dropped) of \(try job.searched().count) candidates are duplicates (epsilon "
        + "\(criterion.epsilon), \(criterion.rule.rawValue), "
        + "\(counted(clusters, "fine cluster"))); \(totals.closeDecisions) decided by a cosine "
        + "within 1e-6 of the threshold")
  }
}
