// The second pass over the embeddings: every candidate's concept and its distance.  Blocks without a
// candidate are not read.

import Clustering
import Foundations
import Tasks
import Workspace

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

// A pass over the embeddings that finds every candidate's nearest centroid and its distance, as runs of
// some blocks each: for the concepts, and for the fine clusters of the deduplication.

protocol AssignmentStage: BuildStage {}

extension AssignmentStage {
  var resultPrefix: String { "run" }
  func runNames(_ job: BuildJob) -> [String] { job.blocks.runs.indices.map { "run-\($0)" } }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] { runNames(job) }
  func shares(_ job: BuildJob, results: Int) -> TaskShares { job.shape.rowShares(results) }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { HeaderSeal.isWhole(path) }
  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { job.blocks.runs.map { job.blocks.rows(of: $0) } }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(
      tasks: job.shape.rowShares(job.shape.runs).count,
      bytes: job.shape.inputBytes + 8 * job.shape.rows)
  }

  func rows(of choice: TaskChoice, _ job: BuildJob) -> [Range<Int>]? {
    let runs = job.blocks.runs
    let shares = job.shape.rowShares(runs.count)
    let tasks = try? choice.tasks(of: shares.count, name.rawValue)
    return tasks.map { shares.results(of: $0).map { job.blocks.rowRange(of: runs[$0]) } }
  }

  /// Writes runs of the nearest centroids.
  ///
  /// - Parameter given: clusters from elsewhere, instead of the nearest ones.
  func assign(
    _ tasks: [Int], to centroids: Centroids, of candidates: CandidateSet,
    given: GivenAssignments? = nil, _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) {
    let (blocks, runs) = (job.blocks, job.blocks.runs)
    let longest = runs.map { blocks.rows(of: $0) }.max() ?? 0
    let workers = min(run.threads, max(1, tasks.count))
    let buffers = (0..<workers).map { _ in AssignBuffer(job, rows: longest) }
    try run.inParallel(tasks, threads: workers) { (worker, task) throws(WinnowError) in
      let buffer = buffers[worker]
      let own = blocks.blocks[runs[task]]
      let firstRow = own.first!.firstRow
      try job.shards.reading(own.first!.shard...own.last!.shard) { () throws(WinnowError) in
        for block in own {
          if run.isCancelled() { throw .interrupted }
          try buffer.assign(
            block, at: block.firstRow - firstRow, candidates, centroids, given)
          run.progress(block.rows.count)
        }
      }
      try buffer.writer.write(
        firstRow: firstRow, count: blocks.rows(of: runs[task]), nearest: buffer.nearest,
        distances: buffer.distances, clusters: centroids.count, to: run.paths[task])
    }
  }

  /// Checks that the runs of all tasks hold just the candidates.
  func checkRuns(hold candidates: CandidateSet, _ job: BuildJob) throws(WinnowError) {
    var count = 0
    for path in try job.paths(of: name) { count += try AssignedRun(path).candidates }
    guard count == candidates.count else {
      try job.graph.drop(name)
      throw changedCandidates(candidates.count, found: count)
    }
  }
}

/// The error of runs that do not hold the candidates.
func changedCandidates(_ expected: Int, found: Int) -> WinnowError {
  .invalid(
    "the inputs changed while they were read: expected \(expected) usable rows, as in the scan, "
      + "found \(found); build again")
}

extension RowBlocks {
  /// The rows of a run of blocks.
  func rowRange(of run: Range<Int>) -> Range<Int> {
    let (first, last) = (blocks[run.lowerBound], blocks[run.upperBound - 1])
    return first.firstRow..<last.firstRow + last.rows.count
  }

  func rows(of run: Range<Int>) -> Int { rowRange(of: run).count }
}

// clusters.npy: size, d_intra, d_inter and complexity of every concept.

extension StageName { package static let score = StageName("score") }

struct ScoreStage: SingleStage, BuildStage {
  let name = StageName.score

  func after(_ job: BuildJob) -> [StageName] { [.sort, .train] }
  func parameters(_ job: BuildJob) -> [String: String] {
    ["--neighbours": "\(job.parameters.neighbours)"]
  }

  func unit(_ job: BuildJob) -> String? { "concepts" }
  func units(_ job: BuildJob) -> [Int] { [job.parameters.clusters] }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let one = job.shape.single
    return TaskNeeds(
      threads: job.shape.threads, memory: one.assignment(one.clusters) + one.candidateBytes)
  }
  func bytes(_ job: BuildJob) -> Int { 4 * job.parameters.clusters * job.dataset.dimensions }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let k = job.shape.clusters
    return StageForecast(
      tasks: 1, disk: 32 * k, seconds: Double(k) * Double(k) / rates.dots / rates.cores)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    let k = job.parameters.clusters
    job.graph.report(.score, done: 0, total: k, unit: "concepts")
    let totals = try job.totals()
    let dInter = try job.centroids().meanDistanceToNeighbours(
      job.parameters.neighbours, threads: run.threads)
    let records = (0..<k).map { cluster in
      let size = totals.sizes[cluster]
      let mean = size == 0 ? 0 : Double(totals.distanceSums[cluster]) / distanceUnit / Double(size)
      return ClusterRecord(
        size: UInt64(size), dIntra: mean, dInter: dInter[cluster],
        complexity: dInter[cluster] * mean)
    }
    try run.files.writeArray("clusters.npy", ClusterRecord.type, shape: [k], elements: records)
    return k
  }
}
