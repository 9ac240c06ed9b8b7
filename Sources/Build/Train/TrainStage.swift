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
