// The centroids of the fine clusters: one training of all candidates, or one for each coarse cluster.

import Clustering
import Foundations
import Pruning
import Storage
import Tasks
import Workspace

extension StageName {
  package static let fineTrain = StageName("fine-train")
  package static let fineCentroids = StageName("fine-centroids")
}

struct FineTrainStage: FineTrainingStage {
  let name = StageName.fineTrain
  let resultPrefix = "centroids"
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.coarseAssign, job.searchedStage] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    (0..<(try job.fineLevels()?.coarse ?? 1)).map { "centroids-\($0)" }
  }

  func memory(_ shape: BuildShape) -> Int? { shape.makingFineClusters }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let shape = job.shape
    guard shape.hasTwoFineLevels else {
      return TaskNeeds(threads: shape.threads, memory: shape.makingFineClusters)
    }
    // The fine clusters of one coarse cluster: four times the mean.
    let count = 4 * max(1, shape.fine / max(1, shape.searchedAtOnce))
    let rows = min(shape.rows, Deduplication.trainingRows * count)
    return TaskNeeds(
      threads: shape.threads,
      memory: shape.training(count, rows: rows, perRow: 5 * shape.d + 89) + shape.candidateBytes)
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    let shape = job.shape
    return TaskEstimate(
      tasks: shape.hasTwoFineLevels ? FineLevels.coarseClusters(shape.fine) : 1,
      isExact: !shape.hasTwoFineLevels, bytes: shape.fineTrainingReads)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let levels = try job.fineLevels() else {
      let plan = job.fineParameters(try job.fineClusters())
      let trained = try trainCentroids(job, try job.searched(), plan, run)
      return try SealedFile.write(trained.centroids.components(), to: run.paths[0])
    }
    let coarseRuns = try job.paths(of: .coarseAssign)
    // Bounds the memory where one coarse cluster has most rows.
    let most = 4 * Deduplication.trainingRows * levels.coarse
    // One after another, each with all threads: vectors of one training are in memory.
    try run.inParallel(tasks, threads: 1) { (_, cluster) throws(WinnowError) in
      let count = levels.count(cluster)
      guard count > 0 else { return try SealedFile.write([UInt8](), to: run.paths[cluster]) }
      var plan = job.fineParameters(count)
      // A sequence of its own again: the coarse training has that of the fine clusters.
      plan.seed = splitmix64(seed: plan.seed, row: .max - 1)
      plan.limit = max(count, min(most, Deduplication.trainingRows * count))
      let components = try train(cluster, of: coarseRuns, plan, job, run)
      try SealedFile.write(components, to: run.paths[cluster])
    }
  }

  /// Trains the fine centroids of one coarse cluster.
  private func train(
    _ cluster: Int, of coarseRuns: [String], _ plan: TrainingPlan, _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) -> [Float] {
    let numbers = try smallestRows(of: cluster, in: coarseRuns, plan)
    let vectors = VectorBlock(capacity: numbers.count, dimensions: job.dataset.dimensions)
    let faulty = try job.shards.reading(job.shards.paths.indices) { () throws(WinnowError) in
      try BlockBuffer(job).gather(numbers, into: vectors)
    }
    guard faulty == 0 else { throw changedInput() }
    let rows = RowsInMemory(vectors: vectors, numbers: numbers, seed: plan.seed)
    let parameters = job.trainingParameters(plan)
    let start = try TrainingState(
      rows: rows, initial: try chooseInitial(rows, plan, job, run), parameters: parameters)
    let result = try trainSphericalKMeans(rows: rows, from: start, parameters: parameters) {
      (_, _, _) throws(WinnowError) in !run.isCancelled()
    }
    guard let result else { throw .interrupted }
    return result.centroids.components()
  }

  /// The rows of one coarse cluster of smallest hash, ascending.
  private func smallestRows(
    of cluster: Int, in runs: [String], _ plan: TrainingPlan
  ) throws(WinnowError) -> [Int] {
    var smallest = SmallestHashes(limit: plan.limit ?? .max)
    for path in runs {
      for row in try AssignedRun(path).rows(of: cluster) {
        smallest.offer(splitmix64(seed: plan.seed, row: UInt64(row)), row: UInt64(row))
      }
    }
    return smallest.rows()
  }
}

/// fine_centroids.npy: the centroids of all trainings, one after another.
struct FineCentroidsStage: SingleStage, FineTrainingStage {
  let name = StageName.fineCentroids

  func after(_ job: BuildJob) -> [StageName] { [.fineTrain] }
  func bytes(_ job: BuildJob) -> Int { 8 * job.shape.fine * job.dataset.dimensions }

  /// - Returns: the number of fine clusters.
  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> Int {
    let levels = try job.fineLevels()
    let clusters = try job.fineClusters()
    var file = try run.files.open(
      TwinFiles.centroids, .float32, shape: [clusters, job.dataset.dimensions])
    for (cluster, path) in try job.paths(of: .fineTrain).enumerated() {
      let count = levels?.count(cluster) ?? clusters
      try file.write(
        elements: try readComponents(path, count: count, dimensions: job.dataset.dimensions))
    }
    run.files.record(TwinFiles.centroids, try file.commit())
    return clusters
  }
}

/// The centroids that a task of a training left.
func readComponents(
  _ path: String, count: Int, dimensions: Int
) throws(WinnowError) -> [Float] {
  var arrays = try SealedArrays(path)
  guard let components = arrays.take(count * dimensions, of: Float.self), arrays.isAtEnd
  else { throw SealedFile.changed(path) }
  return components
}

extension BuildJob {
  /// The centroids that a task of a training left, ready to be searched.
  func readTrained(_ path: String, count: Int) throws(WinnowError) -> Centroids {
    Centroids(
      components: try readComponents(path, count: count, dimensions: dataset.dimensions),
      count: count, dimensions: dataset.dimensions, instructions: instructions)
  }
}
