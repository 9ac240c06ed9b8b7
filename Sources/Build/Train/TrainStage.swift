// centroids.npy: the centroids of a training, of the last round where rounds are stages, or those that
// were given.

import Clustering
import Foundations
import Storage
import Tasks
import Workspace

extension StageName { package static let train = StageName("train") }

struct TrainStage: SingleStage, BuildStage {
  let name = StageName.train

  func after(_ job: BuildJob) -> [StageName] {
    guard job.plan.given == nil else { return [] }
    guard job.hasRoundStages else { return [job.candidateStage] }
    let rounds = job.parameters.iterations
    return [rounds == 0 ? .start : .move(rounds)]
  }

  func consumes(_ job: BuildJob) -> [StageName] {
    guard job.hasRoundStages else { return [] }
    return [.start] + (1...max(1, job.parameters.iterations)).flatMap { [.round($0), .move($0)] }
  }

  func follows(_ job: BuildJob) -> [StageName] {
    job.plan.given == nil ? [job.candidateSignature] : []
  }
  func parameters(_ job: BuildJob) -> [String: String] {
    if let given = job.plan.given { return ["--centroids": given.digest] }
    let parameters = job.parameters
    return [
      "--clusters": "\(parameters.clusters)", "--iterations": "\(parameters.iterations)",
      "--training-rows": parameters.trainingLimit.map(String.init) ?? "all",
      "--seed": "\(parameters.seed)",
    ]
  }

  func unit(_ job: BuildJob) -> String? { job.plan.given == nil ? "rounds" : nil }
  func units(_ job: BuildJob) throws(WinnowError) -> [Int] {
    [try job.graph.value(of: self).iterations]
  }

  func memory(_ shape: BuildShape) -> Int? {
    shape.candidateBytes
      + (shape.trainingRows > 0
        ? shape.training(
          shape.clusters, rows: shape.trainingRows, perRow: shape.perTrainingRow)
        : shape.base + shape.centroidBytes(shape.clusters))
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let shape = job.shape
    return job.plan.hasRounds
      ? TaskNeeds(
        threads: 1, memory: shape.base + 24 * shape.components + shape.single.candidateBytes)
      : TaskNeeds(threads: shape.threads, memory: memory(shape)!)
  }

  func bytes(_ job: BuildJob) -> Int {
    let components = job.shape.clusters * job.dataset.dimensions
    let read = job.shape.trainingRows * job.dataset.dimensions * 2
    return job.plan.hasRounds ? 8 * components : read + 4 * components
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let (m, k) = (Double(job.shape.trainingRows), Double(job.shape.clusters))
    let isGiven = job.plan.given != nil
    let pairs = isGiven ? 0 : m * k * Double(job.parameters.iterations)
    let seeding = isGiven ? 0 : min(m, 16 * k) * 4 * k
    return StageForecast(
      tasks: 1, disk: 4 * job.shape.clusters * job.dataset.dimensions,
      seconds: (pairs / rates.pairs + seeding / rates.dots) / rates.cores)
  }

  func make(
    _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) -> WorkspaceDescription.Training {
    let trained =
      if let given = job.plan.given {
        TrainedCentroids(
          centroids: try given.read(
            dimensions: job.dataset.dimensions, instructions: job.instructions),
          training: .init(rows: 0, iterations: 0, converged: false))
      } else if job.hasRoundStages {
        try job.roundsResult()
      } else {
        try trainConcepts(job, run)
      }
    let centroids = trained.centroids
    try run.files.writeArray(
      "centroids.npy", .float32, shape: [centroids.count, centroids.dimensions],
      elements: centroids.components())
    return trained.training
  }

  /// Trains in this process; rounds are kept now and then, so that a build that continues does not
  /// begin anew.
  private func trainConcepts(
    _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) -> TrainedCentroids {
    // While the scan goes on, its progress is what is shown, and its failure ends the training.
    var own = run
    own.isCancelled = { run.isCancelled() || job.graph.hasFailed(.scan) }
    let candidates = try job.graph.isRunning(.scan) ? nil : job.candidates()
    return try trainCentroids(job, candidates, job.parameters.training, own) { round, rounds in
      if !job.graph.isRunning(.scan) {
        job.graph.report(.train, done: round, total: rounds, unit: "rounds")
      }
    }
  }
}

// One training of k-means in this process, for the concepts and for fine clusters.

/// Centroids and how they came to be.
struct TrainedCentroids: Sendable {
  var centroids: Centroids
  var training: WorkspaceDescription.Training
}

struct TrainingPlan: Sendable {
  var clusters: Int
  /// Rounds at most.
  var iterations: Int
  /// Training rows at most; nil: all candidates, read again in every round.
  var limit: Int?
  var seed: UInt64
}

/// Trains on some of the candidates.
///
/// - Parameters:
///   - candidates: nil while the scan still runs, which tells in the end what they are.
///   - report: told the rounds that are done, and the most that there may be.
/// - Throws: ``WinnowError``, also when the scan failed meanwhile.
func trainCentroids(
  _ job: BuildJob, _ candidates: CandidateSet?, _ plan: TrainingPlan, _ run: StageRun,
  report: (_ round: Int, _ of: Int) -> Void = { _, _ in }
) throws(WinnowError) -> TrainedCentroids {
  guard plan.limit != nil else {
    let candidates = if let candidates { candidates } else { try job.candidates() }
    return try train(StreamedRows(job, candidates, plan, run), job, plan, run, report)
  }
  let (vectors, numbers) = try readTrainingRows(job, candidates, plan, run)
  return try train(
    RowsInMemory(vectors: vectors, numbers: numbers, seed: plan.seed), job, plan, run, report)
}

private func train<Source: TrainingSource>(
  _ rows: Source, _ job: BuildJob, _ plan: TrainingPlan, _ run: StageRun,
  _ report: (_ round: Int, _ of: Int) -> Void
) throws(WinnowError) -> TrainedCentroids {
  let training = job.trainingParameters(plan)
  let checkpoint = RoundCheckpoint(
    folder: run.folder, rows: rows.count, dimensions: rows.dimensions)
  let begin: TrainingState
  if let state = checkpoint.read(clusters: plan.clusters) {
    job.graph.tell(
      "train: \(state.rounds) \(state.rounds == 1 ? "round" : "rounds") already done")
    begin = state
  } else {
    report(0, plan.iterations)
    let initial = try chooseInitial(rows, plan, job, run)
    begin = try TrainingState(rows: rows, initial: initial, parameters: training)
  }
  report(begin.rounds, plan.iterations)
  var stored = ContinuousClock.now
  let result = try trainSphericalKMeans(rows: rows, from: begin, parameters: training) {
    (round, _, state) throws(WinnowError) in
    report(round, plan.iterations)
    if ContinuousClock.now - stored >= job.parameters.checkpointInterval {
      try checkpoint.write(state())
      stored = ContinuousClock.now
    }
    return !run.isCancelled()
  }
  guard let result else { throw .interrupted }
  try job.graph.wait(for: .scan)
  return TrainedCentroids(
    centroids: result.centroids,
    training: .init(
      rows: rows.count, iterations: result.iterations, converged: result.converged))
}

/// The training between two rounds; the last state that was kept replaces the one before.
struct RoundCheckpoint {
  /// The rows that it was made with, which a changed number of candidates would change.
  let rows: Int
  let dimensions: Int
  let path: String

  init(folder: String, rows: Int, dimensions: Int) {
    self.rows = rows
    self.dimensions = dimensions
    path = folder + "/round"
  }

  func write(_ state: TrainingState) throws(WinnowError) {
    let header = [state.rounds, rows, dimensions, state.centroids.count, state.nearest.count]
      .map { UInt64($0) }
    try SealedFile.write(header, state.centroids, state.nearest, to: path)
  }

  /// The state that was written last; nil where there is none that fits.
  func read(clusters: Int) -> TrainingState? {
    guard var arrays = try? SealedArrays(path),
      let header = arrays.take(5, of: UInt64.self)?.map({ Int(truncatingIfNeeded: $0) }),
      header[1...] == [rows, dimensions, clusters * dimensions, rows],
      let centroids = arrays.take(clusters * dimensions, of: Float.self),
      let nearest = arrays.take(rows, of: UInt32.self), arrays.isAtEnd
    else { return nil }
    return TrainingState(rounds: header[0], centroids: centroids, nearest: nearest)
  }
}

extension BuildParameters {
  var training: TrainingPlan {
    TrainingPlan(clusters: clusters, iterations: iterations, limit: trainingLimit, seed: seed)
  }
}

extension BuildJob {
  /// What Clustering is told about a training.
  func trainingParameters(_ plan: TrainingPlan) -> TrainingParameters {
    TrainingParameters(
      clusters: plan.clusters, iterations: plan.iterations, threads: threads,
      instructions: instructions)
  }
}
