// The rows that k-means sees, read into memory, and the training.

import Clustering
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
/// - Parameter given: centroids to use instead of training, and the digest of their file.
func train(
  _ blocks: RowBlocks, _ scanning: Scanning, scanStage: Stage, watch: InputWatch,
  given: (centroids: Centroids, digest: String)?, _ stages: BuildStages, _ staging: StagingFiles,
  parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) -> (trained: TrainedCentroids, stage: String) {
  var key = StageKey(program: parameters.version)
  if let given {
    key.parameters = ["--centroids": given.digest]
  } else {
    key.parameters = [
      "--clusters": "\(parameters.clusters)", "--iterations": "\(parameters.iterations)",
      "--training-rows": parameters.trainingLimit.map(String.init) ?? "all",
      "--seed": "\(parameters.seed)",
    ]
    key.after = ["scan": scanStage.digest]
  }
  var made: Centroids?
  let training = try stages.once("train", key: key, staging: staging) {
    (files, _) throws(WorkspaceError) in
    let trained =
      if let given {
        TrainedCentroids(
          centroids: given.centroids, training: .init(rows: 0, iterations: 0, converged: false))
      } else {
        try train(blocks, scanning, watch, parameters: parameters, observer: observer)
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
  return (TrainedCentroids(centroids: centroids, training: training), try key.digest())
}

private func train(
  _ blocks: RowBlocks, _ scanning: Scanning, _ watch: InputWatch, parameters: BuildParameters,
  observer: BuildObserver
) throws(WorkspaceError) -> TrainedCentroids {
  // While the scan goes on, its progress is what is shown, and its failure ends the training.
  let told = observer
  var observer = observer
  observer.progress = { if scanning.isOver { told.progress($0) } }
  observer.isCancelled = { told.isCancelled() || scanning.hasFailed }
  let (rows, numbers) = try readTrainingRows(blocks, scanning, watch, parameters, observer)
  func report(_ round: Int) {
    observer.progress(
      BuildProgress(
        stage: .train, done: round, total: parameters.iterations, unit: "rounds"))
  }
  report(0)
  guard let initial = chooseInitial(rows, numbers, parameters, observer) else {
    throw .interrupted
  }
  let result = trainSphericalKMeans(
    rows: rows, initial: initial,
    parameters: TrainingParameters(
      clusters: parameters.clusters, iterations: parameters.iterations,
      threads: parameters.threads, instructions: parameters.instructions)
  ) { round, _ in
    report(round)
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
    training: .init(rows: numbers.count, iterations: result.iterations, converged: result.converged)
  )
}

/// k slots of the training rows to begin with, chosen among the 16 k of smallest hash.
private func chooseInitial(
  _ rows: VectorBlock, _ numbers: [Int], _ parameters: BuildParameters, _ observer: BuildObserver
) -> [Int]? {
  let hashed: [(hash: UInt64, slot: Int)] = numbers.indices.map { slot in
    (splitmix64(seed: parameters.seed, row: UInt64(numbers[slot])), slot)
  }
  let byHash = hashed.sorted { $0.hash != $1.hash ? $0.hash < $1.hash : $0.slot < $1.slot }
  let subset = byHash.prefix(16 * parameters.clusters).map(\.slot).sorted()
  let chosenFrom = VectorBlock(capacity: subset.count, dimensions: rows.dimensions)
  for (place, slot) in subset.enumerated() { chosenFrom.copy(slot, of: rows, to: place) }
  // A sequence of its own: the hashes of rows decided the subset already.
  let seed = splitmix64(seed: parameters.seed, row: .max)
  return chooseInitialRows(
    chosenFrom, count: parameters.clusters, trials: 4, threads: parameters.threads,
    instructions: parameters.instructions, random: { splitmix64(seed: seed, row: UInt64($0)) },
    shouldStop: observer.isCancelled)?
    .map { subset[$0] }
}

/// The vectors of the training rows and their numbers, ascending.
private func readTrainingRows(
  _ blocks: RowBlocks, _ scanning: Scanning, _ watch: InputWatch, _ parameters: BuildParameters,
  _ observer: BuildObserver
) throws(WorkspaceError) -> (VectorBlock, [Int]) {
  let (dataset, dimensions) = (blocks.dataset, blocks.dataset.dimensions)
  func choose(
    _ limit: Int, _ invalid: @escaping @Sendable (Int) throws(WorkspaceError) -> [Int]
  ) throws(WorkspaceError) -> [Int] {
    try trainingRows(
      UsableRows(firstRows: dataset.firstRows, invalid: invalid), limit: limit,
      seed: parameters.seed, threads: parameters.threads, isCancelled: observer.isCancelled)
  }
  if !scanning.isOver, let limit = parameters.trainingLimit, limit < dataset.rows {
    // The rows of smallest hashes among all are those among the usable ones if all can be used.
    let wanted = try choose(limit) { (_) throws(WorkspaceError) in [] }
    let rows = VectorBlock(capacity: wanted.count, dimensions: dimensions)
    if try gather(blocks, wanted, watch, into: rows, parameters, observer) { return (rows, wanted) }
  }
  let scan = try scanning.result()
  guard let limit = parameters.trainingLimit, limit < scan.candidates else {
    let rows = VectorBlock(capacity: scan.candidates, dimensions: dimensions)
    return (rows, try gatherAll(blocks, watch, into: rows, parameters, observer))
  }
  let wanted = try choose(limit, scan.invalidRows)
  let rows = VectorBlock(capacity: wanted.count, dimensions: dimensions)
  guard try gather(blocks, wanted, watch, into: rows, parameters, observer) else {
    throw changed(blocks, nil)
  }
  return (rows, wanted)
}

/// Reads the wanted rows into `vectors`; returns whether all of them can be used.
private func gather(
  _ blocks: RowBlocks, _ wanted: [Int], _ watch: InputWatch, into vectors: VectorBlock,
  _ parameters: BuildParameters, _ observer: BuildObserver
) throws(WorkspaceError) -> Bool {
  let chunk = 4096
  let failure = FirstFailure()
  let workers = max(1, parameters.threads)
  let buffers = (0..<workers).map { _ in BlockBuffer(blocks) }
  let faulty = Atomic<Int>(0)
  parallel(tasks: (wanted.count + chunk - 1) / chunk, threads: workers) { worker, task in
    if failure.hasFailed || faulty.load(ordering: .relaxed) > 0 { return }
    do throws(WorkspaceError) {
      if observer.isCancelled() { throw .interrupted }
      let places = task * chunk..<min(wanted.count, (task + 1) * chunk)
      let shards =
        blocks.shard(
          of: wanted[places.lowerBound])...blocks.shard(
          of: wanted[places.upperBound - 1])
      let found = try watch.reading(shards) { () throws(WorkspaceError) in
        // Sound: each task writes its own slots.
        try gather(blocks, wanted, places, into: vectors, buffers[worker], parameters)
      }
      faulty.add(found, ordering: .relaxed)
    } catch { failure.record(error, task: task) }
  }
  try failure.rethrow()
  return faulty.load(ordering: .relaxed) == 0
}

/// Reads all rows that can be used into `vectors`, ascending; returns their numbers.
private func gatherAll(
  _ blocks: RowBlocks, _ watch: InputWatch, into vectors: VectorBlock,
  _ parameters: BuildParameters, _ observer: BuildObserver
) throws(WorkspaceError) -> [Int] {
  let buffer = BlockBuffer(blocks)
  var numbers: [Int] = []
  numbers.reserveCapacity(vectors.capacity)
  for block in blocks.blocks {
    if observer.isCancelled() { throw .interrupted }
    var invalid = Set<Int>()
    try watch.reading([block.shard]) { () throws(WorkspaceError) in
      try buffer.load(block, of: blocks, instructions: parameters.instructions) { row, _ in
        invalid.insert(row)
      }
    }
    for row in 0..<block.rows.count where !invalid.contains(row) {
      guard numbers.count < vectors.capacity else { throw changed(blocks, block) }
      vectors.copy(row, of: buffer.vectors, to: numbers.count)
      numbers.append(block.firstRow + row)
    }
  }
  guard numbers.count == vectors.capacity else { throw changed(blocks, blocks.blocks.last) }
  return numbers
}

/// Reads some of the wanted rows, those that lie close together at once; returns how many cannot be
/// used.
private func gather(
  _ blocks: RowBlocks, _ wanted: [Int], _ places: Range<Int>, into vectors: VectorBlock,
  _ buffer: BlockBuffer, _ parameters: BuildParameters
) throws(WorkspaceError) -> Int {
  var faulty = 0
  var next = places.lowerBound
  while next < places.upperBound {
    let first = wanted[next]
    let shard = blocks.shard(of: first)
    let shardStart = blocks.dataset.firstRows[shard]
    let end = min(first + blocks.blockRows, blocks.dataset.firstRows[shard + 1])
    var last = next
    while last + 1 < places.upperBound, wanted[last + 1] < end,
      wanted[last + 1] - wanted[last] <= 16
    {
      last += 1
    }
    let run = RowBlock(
      shard: shard, rows: first - shardStart..<wanted[last] - shardStart + 1, firstRow: first)
    let bytes = try buffer.read(run, of: blocks)
    let rowBytes = blocks.dataset.shards[shard].bytesPerRow
    for place in next...last {
      let start = (wanted[place] - first) * rowBytes
      vectors.load(
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + rowBytes]),
        element: blocks.dataset.shards[shard].element, count: 1, at: place,
        instructions: parameters.instructions
      ) { _, _ in faulty += 1 }
    }
    next = last + 1
  }
  return faulty
}

private func changed(_ blocks: RowBlocks, _ block: RowBlock?) -> WorkspaceError {
  let path = block.map { blocks.dataset.shards[$0.shard].path } ?? "input"
  return .invalid("\(path): it changed while it was read; build again")
}

/// Centroids from a `.npy` file of float16, float32 or float64, shape (k, dimensions).
func readCentroids(
  _ path: String, dimensions: Int, instructions: InstructionSet
) throws(WorkspaceError) -> Centroids {
  let (header, bytes) = try storing { () throws(StorageError) in
    let file = try InputFile(path)
    let header = try NpyHeader(of: file)
    let space = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, file.size - header.dataOffset), alignment: 64)
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(rebasing: space[..<(file.size - header.dataOffset)]),
      at: header.dataOffset)
    return (header, space)
  }
  defer { bytes.deallocate() }
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
