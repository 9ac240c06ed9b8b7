// The candidates by fine cluster, each from the farthest to the nearest of its centroid, below stage/.

import Foundations
import Tasks
import Workspace

extension StageName { package static let fineSort = StageName("fine-sort") }

struct FineSortStage: SingleStage, BuildStage {
  let name = StageName.fineSort
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [MemberKind.fine.parts] }
  func consumes(_ job: BuildJob) -> [StageName] { [MemberKind.fine.cut, MemberKind.fine.parts] }
  func follows(_ job: BuildJob) -> [StageName] { [.fineAssign] }
  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.joiningNeeds }
  func bytes(_ job: BuildJob) -> Int { 16 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MemberTotals {
    let (parts, candidates) = (try MemberKind.fine.memberParts(job), try job.searched())
    guard parts.candidates == candidates.count else {
      throw changedCandidates(candidates.count, found: parts.candidates)
    }
    let own = StagingFiles(folder: run.folder)
    let totals = try parts.join(
      job.paths(of: MemberKind.fine.parts), to: own, threads: run.threads,
      isCancelled: run.isCancelled)
    for (file, seal) in own.all { run.files.record("\(stageFolder)/\(name)/\(file)", seal) }
    return totals
  }
}

extension BuildJob {
  /// The fine clusters, as they are sorted.
  func sortedFineClusters() throws(WinnowError) -> FineClusters {
    FineClusters(
      members: path("\(stageFolder)/\(StageName.fineSort)/members.npy"),
      centroids: path(TwinFiles.centroids), dimensions: dataset.dimensions,
      try graph.value(of: FineSortStage()))
  }
}
