// One training of k-means in this process, for the concepts and for fine clusters.

import Clustering
import Foundations
import Tasks
import Workspace

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
