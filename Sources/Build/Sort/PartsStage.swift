// The members in parts of bounded size: each is gathered from its slice of every run and sorted by
// itself.

import Foundations
import Tasks

struct PartsStage: BuildStage {
  let kind: MemberKind
  var name: StageName { kind.parts }
  var step: StageName { kind.step }
  let resultPrefix = "part"
  let resultsDependOnEarlierStages = true

  init(_ kind: MemberKind) { self.kind = kind }

  func after(_ job: BuildJob) -> [StageName] { [kind.cut] }
  func follows(_ job: BuildJob) -> [StageName] { [kind.assign] }
  func parameters(_ job: BuildJob) -> [String: String] { job.shape.partParameters }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    (0..<(try kind.memberParts(job)).count).map { "part-\($0)" }
  }
  func shares(_ job: BuildJob, results: Int) -> TaskShares {
    let rows = (try? kind.memberParts(job).candidates) ?? job.shape.rows
    return TaskShares(results: results, work: rows, each: 1 << 19)
  }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { HeaderSeal.isWhole(path) }

  // The parts of fine clusters show no progress: their assignment does.
  func unit(_ job: BuildJob) -> String? { kind == .concepts ? "rows" : nil }
  func units(_ job: BuildJob) throws(WinnowError) -> [Int] {
    let parts = try kind.memberParts(job)
    return (0..<parts.count).map { parts.positions($0).count }
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    let rows = job.shape.rows
    // Parts end with whole clusters, so not all are full.
    let parts = max(1, (rows + rows / 4) / job.shape.partEntries + 1)
    return TaskEstimate(tasks: job.shape.rowShares(parts).count, isExact: false, bytes: 16 * rows)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let parts = try kind.memberParts(job)
    try run.inParallel(tasks) { (_, part) throws(WinnowError) in
      try parts.write(part, to: run.paths[part])
      run.progress(parts.positions(part).count)
    }
  }
}
