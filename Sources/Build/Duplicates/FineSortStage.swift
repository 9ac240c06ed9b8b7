// The candidates by fine cluster, each from the farthest to the nearest of its centroid, below stage/.

import Foundations
import Tasks
import Workspace

extension StageName { package static let fineSort = StageName("fine-sort") }

struct FineSortStage: SingleStage, BuildStage {
  typealias Value = MemberTotals
  let name = StageName.fineSort
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [MemberKind.fine.parts] }
  func consumes(_ job: BuildJob) -> [StageName] { [MemberKind.fine.cut, MemberKind.fine.parts] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.signature(after: [.fineAssign])
  }
  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.joiningNeeds }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 16 * job.shape.rows)
  }

  func make(
    _ job: BuildJob, _ files: StagingFiles, _ run: StageRun
  ) throws(WinnowError) -> MemberTotals {
    let (parts, candidates) = (try MemberKind.fine.memberParts(job), try job.searched())
    guard parts.candidates == candidates.count else {
      throw changedCandidates(candidates.count, found: parts.candidates)
    }
    let own = StagingFiles(folder: run.folder)
    let totals = try parts.join(
      job.paths(of: MemberKind.fine.parts), to: own, threads: run.threads,
      isCancelled: run.isCancelled)
    for (file, seal) in own.all { files.record("\(stageFolder)/\(name)/\(file)", seal) }
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
