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

// Every candidate's fine cluster: the nearest of all, or of those of its coarse cluster.

extension StageName { package static let fineAssign = StageName("fine-assign") }

struct FineAssignStage: AssignmentStage {
  let name = StageName.fineAssign
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [.fineCentroids, job.searchedStage] }
  func follows(_ job: BuildJob) -> [StageName] { [job.searchedStage, .fineTrain] }
  func needs(_ job: BuildJob) -> TaskNeeds { job.fineAssignmentNeeds }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let wanted = job.deduplication
    // There are as many candidates as rows at most.
    let (n, fine) = (Double(job.shape.rows), Double(wanted.clusters(of: job.shape.rows)))
    let compared =
      fine > Double(wanted.clustersAtOnce) ? min(fine, fine.squareRoot() * 2) : fine
    let trained = min(n, Double(Deduplication.trainingRows) * fine)
    return StageForecast(
      name: step, tasks: job.shape.runs,
      disk: 8 * job.shape.rows + 4 * Int(fine) * job.dataset.dimensions,
      temporary: 8 * job.shape.rows,
      seconds: (compared * (trained * Double(Deduplication.iterations) + n) / rates.pairs
        + n / rates.rows) / rates.cores)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let levels = try job.fineLevels() else {
      let count = try job.fineClusters()
      return try assign(
        tasks, to: try job.readTrained(job.paths(of: .fineTrain)[0], count: count),
        of: job.searched(), job, run)
    }
    let coarseRuns = try job.paths(of: .coarseAssign)
    let buffers = (0..<run.threads).map { _ in BlockBuffer(job) }
    try run.inParallel(tasks) { (worker, task) throws(WinnowError) in
      try job.shards.reading(job.shards.paths.indices) { () throws(WinnowError) in
        try assign(coarseRuns[task], to: run.paths[task], levels, buffers[worker], job, run)
        run.progress(job.blocks.rows(of: job.blocks.runs[task]))
      }
    }
  }
  func conclude(_ job: BuildJob) throws(WinnowError) {
    try checkRuns(hold: job.searched(), job)
  }

  /// Writes the fine clusters of a run's rows, out of a run of the coarse ones.
  private func assign(
    _ coarseRun: String, to path: String, _ levels: FineLevels, _ buffer: BlockBuffer,
    _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) {
    let trained = try job.paths(of: .fineTrain)
    let coarse = try AssignedRun(coarseRun)
    var nearest = [UInt32](repeating: AssignedRun.none, count: coarse.rows)
    var distances = [Float](repeating: 0, count: coarse.rows)
    for cluster in 0..<levels.coarse {
      let rows = try coarse.rows(of: cluster).sorted()
      if rows.isEmpty { continue }
      let centroids = try job.readTrained(trained[cluster], count: levels.count(cluster))
      for start in stride(from: 0, to: rows.count, by: buffer.vectors.capacity) {
        if run.isCancelled() { throw .interrupted }
        let places = start..<min(start + buffer.vectors.capacity, rows.count)
        try buffer.gatherCandidates(rows, places, into: buffer.vectors) { $0 - start }
        centroids.assign(
          buffer.vectors, count: places.count, nearest: buffer.nearest,
          distances: buffer.distances, scratch: buffer.scratch)
        for (slot, place) in places.enumerated() {
          let row = rows[place] - coarse.firstRow
          nearest[row] = UInt32(levels.offsets[cluster]) + buffer.nearest[slot]
          distances[row] = buffer.distances[slot]
        }
      }
    }
    try AssignedRunWriter().write(
      firstRow: coarse.firstRow, count: coarse.rows, nearest: nearest, distances: distances,
      clusters: levels.fine, to: path)
  }
}

// The candidates by fine cluster, each from the farthest to the nearest of its centroid, below stage/.

extension StageName { package static let fineSort = StageName("fine-sort") }

struct FineSortStage: SingleStage, BuildStage {
  let name = StageName.fineSort
  let step = StageName.fine

  func after(_ job: BuildJob) -> [StageName] { [MemberKind.fine.parts] }
  func consumes(_ job: BuildJob) -> [StageName] { [MemberKind.fine.cut, MemberKind.fine.parts] }
  func follows(_ job: BuildJob) -> [StageName] { [.fineAssign] }
  func needs(_ job: BuildJob) -> TaskNeeds { job.shape.joiningNeeds }
  func bytes(_ job: BuildJob) -> Int { 16 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> MemberTotals {
    let own = StagingFiles(folder: run.folder)
    let totals = try MemberKind.fine.join(job, job.searched(), to: own, run)
    for (file, seal) in own.all { run.files.record("\(stageFolder)/\(name)/\(file)", seal) }
    return totals
  }
}

extension BuildJob {
  /// The fine clusters, as they are sorted.
  func sortedFineClusters() throws(WinnowError) -> FineClusters {
    FineClusters(
      members: path("\(stageFolder)/\(StageName.fineSort)/members.npy"),
      centroids: path(TwinFiles.centroids), dimensions: dataset.dimensions,
      try graph.value(of: FineSortStage()))
  }
}

/// The candidates by fine cluster, each from the farthest to the nearest of its centroid (ties: the
/// lower row), as a stage has left them on the disk.
struct FineClusters: Sendable {
  /// A `.npy` of rows, u4 or u8.
  let members: String
  /// fine_centroids.npy.
  let centroids: String
  private let dimensions: Int
  /// Where each cluster's members begin, and the end of the last.
  let offsets: [Int]
  /// Of each cluster, in units of 1 / ``distanceUnit``.
  private let distanceSums: [Int128]

  init(members: String, centroids: String, dimensions: Int, _ totals: MemberTotals) {
    self.members = members
    self.centroids = centroids
    self.dimensions = dimensions
    offsets = totals.sizes.reduce(into: [0]) { $0.append($0.last! + $1) }
    distanceSums = totals.distanceSums
  }

  var count: Int { offsets.count - 1 }
  var candidates: Int { offsets[count] }

  func size(_ cluster: Int) -> Int { offsets[cluster + 1] - offsets[cluster] }

  func rows(_ cluster: Int) throws(WinnowError) -> [Int] {
    let places = offsets[cluster]..<offsets[cluster + 1]
    let file = try InputFile(members)
    let header = try NpyHeader(of: file)
    let size = header.type == .uint64 ? 8 : 4
    let start = header.dataOffset + size * places.lowerBound
    return header.type == .uint64
      ? try file.elements(places.count, at: start, of: UInt64.self).map { Int($0) }
      : try file.elements(places.count, at: start, of: UInt32.self).map { Int($0) }
  }

  /// A vector in the middle of a cluster's unit vectors: the centroid, as long as their mean
  /// component in its direction.
  func middle(_ cluster: Int) throws(WinnowError) -> [Float] {
    let mean =
      size(cluster) == 0
      ? 0 : 1 - Double(distanceSums[cluster]) / distanceUnit / Double(size(cluster))
    // A little shorter, because a centroid's length is 1 to float32's precision only.
    let length = Float(max(0, mean) * 0.999)
    let file = try openArray(centroids, .float32, [count, dimensions])
    let size = 4 * dimensions
    let centroid: [Float] = try file.elements(dimensions, at: file.size - (count - cluster) * size)
    return centroid.map { $0 * length }
  }
}
