// The candidates of `winnow dedup-curve` on a workspace: those that were searched when it was built.

import Foundations
import Tasks
import Workspace

extension StageName { package static let curve = StageName("curve") }

struct CurveStage: SingleStage, BuildStage {
  let name = StageName.curve

  func after(_ job: BuildJob) -> [StageName] { [.scan] }
  func bytes(_ job: BuildJob) -> Int { 2 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> FateCounts {
    guard let workspace = job.plan.curve else { preconditionFailure("no workspace") }
    let scanned = try job.scanned()
    guard workspace.description.inputs.map(\.digest) == scanned.digests else {
      throw .invalid(
        "\(workspace.path): its inputs have changed since it was built "
          + "(\(job.parameters.inputs.joined(separator: ", "))): name inputs instead of it")
    }
    return try scanned.candidates.narrow(
      to: run.files, fatesName(name), [], isCancelled: run.isCancelled
    ) { (rows, fates) throws(WinnowError) in
      guard let old = try workspace.fates(rows) else { return }
      for place in fates.indices where fates[place] == Fate.candidate.rawValue {
        // Duplicates were looked at.
        if old[place] != Fate.duplicate.rawValue { fates[place] = old[place] }
      }
    }
  }
}
