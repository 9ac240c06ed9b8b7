// The candidates of `winnow dedup-curve` on a workspace: those that were searched when it was built.

import Foundations
import Tasks
import Workspace

extension StageName { package static let curve = StageName("curve") }

struct CurveStage: SingleStage, BuildStage {
  typealias Value = FateCounts
  let name = StageName.curve

  func after(_ job: BuildJob) -> [StageName] { [.scan] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.signature(after: [.scan])
  }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 2 * job.shape.rows)
  }

  func make(
    _ job: BuildJob, _ files: StagingFiles, _ run: StageRun
  ) throws(WinnowError) -> FateCounts {
    guard let workspace = job.plan.curve else { preconditionFailure("no workspace") }
    let scanned = try job.scanned()
    guard workspace.description.inputs.map(\.digest) == scanned.digests else {
      throw .invalid(
        "\(workspace.path): its inputs have changed since it was built "
          + "(\(job.parameters.inputs.joined(separator: ", "))): name inputs instead of it")
    }
    return try scanned.candidates.narrow(
      to: files, fatesName(name), [], isCancelled: run.isCancelled
    ) { (rows, fates) throws(WinnowError) in
      guard let old = try workspace.fates(rows) else { return }
      for place in fates.indices where fates[place] == Fate.candidate.rawValue {
        // Duplicates were looked at.
        if old[place] != Fate.duplicate.rawValue { fates[place] = old[place] }
      }
    }
  }
}
