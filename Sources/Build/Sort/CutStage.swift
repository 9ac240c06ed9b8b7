// How the runs of an assignment are cut into parts: a stage of its own, because every part would find it
// out again.

import Foundations
import Tasks

/// Whose members are brought into their order.
enum MemberKind: Sendable {
  case concepts, fine

  var cut: StageName { StageName(self == .concepts ? "cut" : "fine-cut") }
  var parts: StageName { StageName(self == .concepts ? "parts" : "fine-parts") }
  var assign: StageName { self == .concepts ? .assign : .fineAssign }
  /// The step under which people see the parts.
  var step: StageName { self == .concepts ? .sort : .fine }

  func memberParts(_ job: BuildJob) throws(WinnowError) -> MemberParts {
    MemberParts(
      runs: try job.paths(of: assign), rows: job.dataset.rows,
      cut: try job.graph.value(of: CutStage(self)))
  }
}

extension MemberKind {
  /// Joins the sorted parts, which hold just the candidates.
  func join(
    _ job: BuildJob, _ candidates: CandidateSet, to files: StagingFiles, _ run: StageRun
  ) throws(WinnowError) -> MemberTotals {
    let sorted = try memberParts(job)
    guard sorted.candidates == candidates.count else {
      throw changedCandidates(candidates.count, found: sorted.candidates)
    }
    return try sorted.join(
      job.paths(of: parts), to: files, threads: run.threads, isCancelled: run.isCancelled)
  }
}

extension BuildShape {
  var partEntries: Int { MemberParts.partEntries(rows: rows, memory: sortShare) }
  /// What cut and parts follow from beside the runs.
  var partParameters: [String: String] { ["the size of parts": "\(partEntries) rows"] }
}

struct CutStage: SingleStage, BuildStage {
  let kind: MemberKind
  var name: StageName { kind.cut }
  var step: StageName { kind.step }

  init(_ kind: MemberKind) { self.kind = kind }

  func after(_ job: BuildJob) -> [StageName] { [kind.assign] }
  func parameters(_ job: BuildJob) -> [String: String] { job.shape.partParameters }
  func bytes(_ job: BuildJob) -> Int {
    8 * job.shape.runs * (kind == .concepts ? job.shape.clusters : job.shape.fine)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MemberParts.Cut {
    try MemberParts(
      runs: job.paths(of: kind.assign), rows: job.dataset.rows,
      clusters: kind == .concepts ? job.parameters.clusters : job.fineClusters(),
      limit: job.shape.partEntries
    ).cut
  }
}
