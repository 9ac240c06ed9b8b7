// `--training-rows all` where tasks run on many machines: in each round a stage whose tasks pass some
// runs of rows each by the centroids, and a stage of one task that moves the centroids.  RoundPart
// says why the centroids are those of one process.

import Clustering
import Foundations
import Storage
import Tasks
import Workspace

extension StageName {
  package static let start = StageName("start")
  static func round(_ number: Int) -> StageName { StageName("round-\(number)") }
  static func move(_ number: Int) -> StageName { StageName("move-\(number)") }
}

extension BuildPlan {
  var hasRounds: Bool { given == nil && parameters.trainingRows == .all }
}

extension BuildJob {
  /// Whether the rounds of the training are stages of their own.
  var hasRoundStages: Bool { !graph.role.isOwner && plan.hasRounds }

  /// Tasks of a round at most: each leaves sums of all clusters, which one task adds up.
  private static let mostRoundParts = 256

  /// The runs of the assignment, grouped to the tasks of a round.
  var roundParts: [Range<Int>] {
    let runs = blocks.runs
    let count = min(runs.count, Self.mostRoundParts)
    return (0..<count).map { part in
      let (first, last) = (
        runs[part * runs.count / count], runs[(part + 1) * runs.count / count - 1]
      )
      return first.lowerBound..<last.upperBound
    }
  }

  /// The last of the rounds up to `limit` that was done, and how it ended; 0 and nil for the start.
  ///
  /// Rounds after one that moved no row have no tasks.
  func lastRound(upTo limit: Int) throws(WinnowError) -> (round: Int, end: RoundEnd?) {
    var last: (Int, RoundEnd?) = (0, nil)
    for round in 0..<limit {
      let end = try graph.value(of: MoveStage(round + 1))
      last = (round + 1, end)
      if end.isConverged { break }
    }
    return last
  }

  func isConverged(before round: Int) throws(WinnowError) -> Bool {
    try lastRound(upTo: round - 1).end?.isConverged ?? false
  }

  /// The centroids after a round, below the workspace in the making.
  func roundCentroids(_ round: Int) -> String {
    "\(stageFolder)/\(round == 0 ? StageName.start : .move(round))/centroids.npy"
  }

  func readRoundCentroids(_ round: Int) throws(WinnowError) -> Centroids {
    try readCentroids(
      path(roundCentroids(round)), dimensions: dataset.dimensions, instructions: instructions)
  }

  func roundsResult() throws(WinnowError) -> TrainedCentroids {
    let (last, end) = try lastRound(upTo: parameters.iterations)
    let isConverged = end?.isConverged ?? false
    return TrainedCentroids(
      centroids: try readRoundCentroids(last),
      training: .init(
        rows: try candidates().count, iterations: isConverged ? last - 1 : last,
        converged: isConverged))
  }
}

/// The stages of the rounds, which follow from the same as the training.
protocol TrainingRoundStage: BuildStage {}

extension TrainingRoundStage {
  var step: StageName { .train }
  func follows(_ job: BuildJob) -> [StageName] { TrainStage().follows(job) }
  func parameters(_ job: BuildJob) -> [String: String] { TrainStage().parameters(job) }
}

struct RoundStartStage: SingleStage, TrainingRoundStage {
  let name = StageName.start

  func after(_ job: BuildJob) -> [StageName] { [job.candidateStage] }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let shape = job.shape
    let chosen = shape.training(
      shape.clusters, rows: min(shape.rows, 16 * shape.clusters), perRow: 0)
    return TaskNeeds(
      threads: shape.threads,
      memory: chosen + shape.candidateBytes + (shape.candidateBytes > 0 ? 8 * shape.rows : 0))
  }
  func bytes(_ job: BuildJob) -> Int { job.moveBytes }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    let plan = job.parameters.training
    job.graph.report(.train, done: 0, total: plan.iterations, unit: "rounds")
    let rows = StreamedRows(job, try job.candidates(), plan, run)
    let state = try TrainingState(
      rows: rows, initial: try chooseInitial(rows, plan, job, run),
      parameters: job.trainingParameters(plan))
    try run.files.writeArray(
      job.roundCentroids(0), .float32, shape: [plan.clusters, job.dataset.dimensions],
      elements: state.centroids)
    return plan.clusters
  }
}

struct RoundStage: TrainingRoundStage {
  let round: Int
  var name: StageName { .round(round) }
  let resultPrefix = "part"
  let resultsDependOnEarlierStages = true

  init(_ round: Int) { self.round = round }

  func after(_ job: BuildJob) -> [StageName] { [round == 1 ? .start : .move(round - 1)] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    try job.isConverged(before: round) ? [] : job.roundParts.indices.map { "part-\($0)" }
  }
  func rows(of choice: TaskChoice, _ job: BuildJob) -> [Range<Int>]? {
    let parts = job.roundParts
    let tasks = try? choice.tasks(of: parts.count, name.rawValue)
    return tasks.map { $0.map { job.blocks.rowRange(of: parts[$0]) } }
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let one = job.shape.single
    return TaskNeeds(
      threads: 1,
      memory: one.assignment(one.clusters) + one.candidateBytes + 16 * job.shape.components)
  }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(
      tasks: job.roundParts.count,
      bytes: job.shape.inputBytes + 4 * job.shape.rows + job.moveBytes)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let parts = job.roundParts
    let centroids = try job.readRoundCentroids(round - 1)
    let before = round == 1 ? nil : try job.paths(of: .round(round - 1))
    let refilled = try job.lastRound(upTo: round - 1).end?.refilled ?? [:]
    let candidates = try job.candidates()
    try run.inParallel(tasks) { (_, part) throws(WinnowError) in
      let previous = try before.map { (paths) throws(WinnowError) in
        try RoundPart(
          paths[part], clusters: centroids.count, dimensions: centroids.dimensions
        ).nearest
      }
      let own = job.blocks.blocks[parts[part]]
      let result = try job.shards.reading(own.first!.shard...own.last!.shard) {
        () throws(WinnowError) in
        try pass(own, of: candidates, centroids, previous: previous, refilled: refilled, job, run)
      }
      try result.write(to: run.paths[part])
    }
  }

  /// One task: some runs of rows pass by the centroids.
  ///
  /// - Parameters:
  ///   - previous: the clusters of the part's candidates in the round before; nil in the first.
  ///   - refilled: rows that were given to empty clusters then.
  private func pass(
    _ own: ArraySlice<RowBlock>, of candidates: CandidateSet, _ centroids: Centroids,
    previous: [UInt32]?, refilled: [Int: UInt32], _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) -> RoundPart {
    let k = centroids.count
    let buffer = BlockBuffer(job)
    let sums = CentroidSums(
      clusters: k, dimensions: centroids.dimensions, instructions: job.instructions)
    var part = RoundPart(
      moved: 0, sizes: [UInt64](repeating: 0, count: k), sums: [], far: [], nearest: [])
    // An empty cluster takes the next row whose own cluster can spare it; each cluster refuses once.
    var far = FarthestRows(limit: 2 * k)
    for block in own {
      if run.isCancelled() { throw .interrupted }
      var wanted: [Int] = []
      candidates.forEach(in: block.firstRow..<block.firstRow + block.rows.count) {
        wanted.append($0)
      }
      if wanted.isEmpty { continue }
      try buffer.gatherCandidates(wanted, into: buffer.vectors)
      centroids.assign(
        buffer.vectors, count: wanted.count, nearest: buffer.nearest, distances: buffer.distances,
        scratch: buffer.scratch)
      for (slot, row) in wanted.enumerated() {
        let cluster = buffer.nearest[slot]
        let before = refilled[row] ?? previous.map { $0[part.nearest.count] } ?? .max
        if cluster != before { part.moved += 1 }
        part.sizes[Int(cluster)] += 1
        sums.add(slot, of: buffer.vectors, to: Int(cluster), sign: 1)
        far.offer(
          FarRow(
            row: UInt64(row), distance: buffer.distances[slot], cluster: cluster, previous: before))
        part.nearest.append(cluster)
      }
    }
    part.sums = sums.values
    part.far = far.result()
    return part
  }
}

struct MoveStage: SingleStage, TrainingRoundStage {
  let round: Int
  var name: StageName { .move(round) }
  let resultsDependOnEarlierStages = true

  init(_ round: Int) { self.round = round }

  func after(_ job: BuildJob) -> [StageName] { [.round(round)] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    try job.isConverged(before: round) ? [] : [SingleResultFile.name]
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let shape = job.shape
    // Sums and centroids some times, and what a task of the round has left.
    let part = 4 * shape.rows / max(1, job.roundParts.count) + 8 * shape.components
    return TaskNeeds(
      threads: shape.threads,
      memory: shape.base + 40 * shape.components + 2 * part + shape.single.candidateBytes
        + 500 * shape.clusters)
  }
  func bytes(_ job: BuildJob) -> Int { job.moveBytes }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> RoundEnd {
    let (end, components) = try moveCentroids(
      try job.paths(of: .round(round)), try job.readRoundCentroids(round - 1), job, run)
    try run.files.writeArray(
      job.roundCentroids(round), .float32,
      shape: [job.parameters.clusters, job.dataset.dimensions], elements: components)
    return end
  }

  func conclude(_ job: BuildJob) throws(WinnowError) {
    let (last, end) = try job.lastRound(upTo: round)
    job.graph.report(
      .train, done: end?.isConverged ?? false ? last - 1 : last,
      total: job.parameters.iterations, unit: "rounds")
  }
}

extension BuildJob {
  fileprivate var moveBytes: Int {
    8 * parameters.clusters * dataset.dimensions * roundParts.count
  }
}
