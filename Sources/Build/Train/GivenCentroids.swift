// The rows that k-means sees, read into memory, and the training.

import Clustering
import Foundations
import Ingest
import Pruning
import Storage
import Synchronization

/// Centroids and how they came to be.
struct TrainedCentroids: Sendable {
  var centroids: Centroids
  var training: WorkspaceDescription.Training
}

/// Trains, or finds the centroids that were given or trained before; they are centroids.npy.
///
/// - Parameters:
///   - given: centroids to use instead of training.
///   - rounds: trains by stages of their own, which come before this one.
func train(
  _ blocks: RowBlocks, _ scanning: Scanning, key: StageKey, watch: InputWatch,
  given: GivenCentroids?, rounds: (() throws(WinnowError) -> TrainedCentroids)? = nil,
  _ stages: BuildStages, _ staging: StagingFiles,
  parameters: BuildParameters, observer: BuildObserver
) throws(WinnowError) -> TrainedCentroids {
  var made: Centroids?
  var ready: TrainedCentroids?
  if let rounds,
    try stages.result(
      "train", of: WorkspaceDescription.Training.self, key: key, staging: staging) == nil
  {
    ready = try rounds()
  }
  let training = try stages.once(
    "train", key: key, staging: staging, isCancelled: observer.isCancelled
  ) {
    (files, stage) throws(WinnowError) in
    let trained =
      if let given {
        TrainedCentroids(
          centroids: try given.read(
            dimensions: blocks.dataset.dimensions, instructions: parameters.instructions),
          training: .init(rows: 0, iterations: 0, converged: false))
      } else if let ready {
        ready
      } else {
        try trainCentroids(
          blocks, scanning, watch, stage, parameters: parameters, observer: observer)
      }
    let centroids = trained.centroids
    try files.writeArray(
      "centroids.npy", .float32, shape: [centroids.count, centroids.dimensions],
      elements: centroids.components())
    made = centroids
    return trained.training
  }
  let centroids =
    if let made { made } else {
      try readCentroids(
        staging.folder + "/centroids.npy", dimensions: blocks.dataset.dimensions,
        instructions: parameters.instructions)
    }
  scanning.wait()
  if given == nil, made == nil {
    let rounds = training.iterations
    observer.progress(
      BuildProgress(stage: .train, done: rounds, total: rounds, unit: "rounds"))
  }
  return TrainedCentroids(centroids: centroids, training: training)
}

/// Trains on some of the candidates.
func trainCentroids(
  _ blocks: RowBlocks, _ scanning: Scanning, _ watch: InputWatch, _ stage: Stage,
  parameters: BuildParameters, observer: BuildObserver
) throws(WinnowError) -> TrainedCentroids {
  // While the scan goes on, its progress is what is shown, and its failure ends the training.
  let told = observer
  var observer = observer
  observer.progress = { if scanning.isOver { told.progress($0) } }
  observer.isCancelled = { told.isCancelled() || scanning.hasFailed }
  guard parameters.trainingRows != .all else {
    let rows = StreamedRows(
      blocks, try scanning.result().candidates, watch, parameters, isCancelled: observer.isCancelled
    )
    return try train(rows, scanning, stage, told, parameters: parameters, observer: observer)
  }
  let (vectors, numbers) = try readTrainingRows(blocks, scanning, watch, parameters, observer)
  return try train(
    RowsInMemory(vectors: vectors, numbers: numbers, seed: parameters.seed), scanning, stage, told,
    parameters: parameters, observer: observer)
}

private func train<Source: TrainingSource>(
  _ rows: Source, _ scanning: Scanning, _ stage: Stage, _ told: BuildObserver,
  parameters: BuildParameters, observer: BuildObserver
) throws(WinnowError) -> TrainedCentroids {
  func report(_ round: Int) {
    observer.progress(
      BuildProgress(
        stage: .train, done: round, total: parameters.iterations, unit: "rounds"))
  }
  let training = TrainingParameters(
    clusters: parameters.clusters, iterations: parameters.iterations,
    threads: parameters.threads, instructions: parameters.instructions)
  let checkpoint = RoundCheckpoint(stage: stage, rows: rows.count, dimensions: rows.dimensions)
  let begin: TrainingState
  if let state = checkpoint.read(clusters: parameters.clusters) {
    told.message(
      "train: \(state.rounds) \(state.rounds == 1 ? "round was" : "rounds were") done before")
    begin = state
  } else {
    report(0)
    guard
      let initial = try chooseInitial(rows, parameters, isCancelled: observer.isCancelled)
    else { throw .interrupted }
    begin = try TrainingState(rows: rows, initial: initial, parameters: training)
  }
  report(begin.rounds)
  var stored = ContinuousClock.now
  let result = try trainSphericalKMeans(rows: rows, from: begin, parameters: training) {
    (round, _, state) throws(WinnowError) in
    report(round)
    if ContinuousClock.now - stored >= parameters.checkpointInterval {
      try checkpoint.write(state())
      stored = ContinuousClock.now
    }
    return !observer.isCancelled()
  }
  guard let result else { throw .interrupted }
  _ = try scanning.result()
  // Often it is over before the most rounds that were allowed.
  observer.progress(
    BuildProgress(
      stage: .train, done: result.iterations, total: result.iterations, unit: "rounds"))
  return TrainedCentroids(
    centroids: result.centroids,
    training: .init(rows: rows.count, iterations: result.iterations, converged: result.converged)
  )
}

/// Centroids from a `.npy` file of float16, float32 or float64, shape (k, dimensions).
func readCentroids(
  _ path: String, dimensions: Int, instructions: InstructionSet
) throws(WinnowError) -> Centroids {
  let file = try InputFile(path)
  let header = try NpyHeader(of: file)
  let bytes = UnsafeMutableRawBufferPointer.allocate(
    byteCount: max(1, file.size - header.dataOffset), alignment: 64)
  defer { bytes.deallocate() }
  try file.readExactly(
    into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<(file.size - header.dataOffset)]),
    at: header.dataOffset)
  guard let element = EmbeddingElement(header.type), !header.isFortranOrder,
    header.shape.count == 2, header.shape[1] == dimensions, header.shape[0] > 0
  else {
    throw .invalid(
      "\(path): expected float centroids in C order of shape (k, \(dimensions)), found "
        + "\(header.type) of shape \(NpyHeader.text(header.shape))"
        + (header.isFortranOrder ? " in Fortran order" : "")
        + "; the width must be that of the embeddings")
  }
  let count = header.shape[0]
  let block = VectorBlock(capacity: count, dimensions: dimensions)
  var faults: [String] = []
  block.load(
    UnsafeRawBufferPointer(bytes), element: element, count: count, instructions: instructions
  ) { row, fault in
    faults.append("row \(row) (\(fault.text))")
  }
  guard faults.isEmpty else {
    throw .invalid(
      "\(path): \(faults.count) of \(count) centroids cannot be used: "
        + faults.prefix(10).joined(separator: ", ") + "; give each a direction: finite, not all 0")
  }
  var components: [Float] = []
  components.reserveCapacity(count * dimensions)
  // Float32 centroids are taken as they are; others by their direction.
  if element == .float32 {
    bytes.withMemoryRebound(to: Float.self) {
      components.append(contentsOf: $0[..<(count * dimensions)])
    }
  } else {
    for row in 0..<count { components += block.vector(row) }
  }
  return Centroids(
    components: components, count: count, dimensions: dimensions, instructions: instructions)
}
