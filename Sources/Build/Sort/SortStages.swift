// The members in parts of bounded size: each is gathered from its slice of every run and sorted by
// itself.

import Foundations
import Tasks
import Workspace

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

// Rows by cluster, farthest first: members.npy, distances.npy and offsets.npy out of the parts, and
// fate.npy where rows were dropped.

extension StageName { package static let sort = StageName("sort") }

struct SortStage: SingleStage, BuildStage {
  let name = StageName.sort

  func after(_ job: BuildJob) -> [StageName] { [MemberKind.concepts.parts, job.candidateStage] }
  // The arrays hold what the parts did.
  func consumes(_ job: BuildJob) -> [StageName] {
    [MemberKind.concepts.cut, MemberKind.concepts.parts]
  }
  func follows(_ job: BuildJob) -> [StageName] { [.assign] }

  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) throws(WinnowError) -> [Int] { [try job.totals().candidates] }

  func memory(_ shape: BuildShape) -> Int? { shape.sorting }
  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.joiningNeeds }

  func bytes(_ job: BuildJob) -> Int {
    2 * (4 + MemberParts.rowBytes(job.shape.rows)) * job.shape.rows
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let rows = job.shape.rows
    let once = (MemberParts.rowBytes(rows) + 4) * rows
    return StageForecast(
      tasks: 1, disk: 2 * once + 8 * (job.shape.clusters + 1), temporary: once,
      seconds: Double(rows) / 20e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MemberTotals {
    let candidates = try job.candidates()
    try candidates.publish(to: run.files, isCancelled: run.isCancelled)
    return try MemberKind.concepts.join(job, candidates, to: run.files, run)
  }
}

/// What the members of the clusters add up to, with the integer sums behind d_intra.
package struct MemberTotals: Codable, Sendable {
  /// Rows of each cluster.
  var sizes: [Int]
  /// Sum of round(distance * 2^40) over each cluster's rows.
  package var distanceSums: [Int128]

  enum CodingKeys: String, CodingKey {
    case sizes
    case distanceSums = "distance-sums"
  }

  /// Rows of all clusters.
  var candidates: Int { sizes.reduce(0, +) }
  /// The mean cosine of the rows with their centroids.
  var objective: Double {
    1 - Double(distanceSums.reduce(0, +)) / distanceUnit / Double(candidates)
  }
}

extension MemberTotals {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    sizes = try fields.decode([Int].self, forKey: .sizes)
    // As text: JSON has no numbers of 128 bits.
    distanceSums = try fields.decode([String].self, forKey: .distanceSums).map {
      guard let sum = Int128($0) else {
        throw DecodingError.dataCorruptedError(
          forKey: .distanceSums, in: fields, debugDescription: "expected whole numbers")
      }
      return sum
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(sizes, forKey: .sizes)
    try fields.encode(distanceSums.map { String($0) }, forKey: .distanceSums)
  }
}

extension BuildShape {
  /// A task that joins parts: two arrays at once.
  var joiningNeeds: TaskNeeds { TaskNeeds(threads: min(2, threads), memory: single.sorting) }
}

// How the runs of an assignment are cut into parts: a stage of its own, because every part would find it
// out again.

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
