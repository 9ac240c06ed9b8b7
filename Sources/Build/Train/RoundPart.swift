// `--training-rows all` where tasks run on many machines: a round of k-means is a stage whose tasks
// pass some runs of rows each by the centroids, and one task that moves the centroids.  Every row's
// cluster is that of the exact search and sums are of integers, so the centroids are those of one
// process, which looks at fewer rows but finds the same.

import Clustering
import Foundations
import Pruning
import Storage

/// What a task of a round leaves.
///
/// The file, little endian: u8 moved rows, candidates, k, dimensions, and far rows; the sizes of the
/// clusters u8; their sums i8 (k, dimensions); far rows as row u8, distance f4, cluster u4, the
/// cluster before u4, and nothing u4; every candidate's cluster u4; and the seal.
struct RoundPart {
  /// Rows whose cluster is another than in the round before.
  var moved: Int
  var sizes: [UInt64]
  var sums: [Int64]
  /// The rows farthest from their centroids, farthest first (ties: the lower row).
  var far: [FarRow]
  /// The cluster of every candidate of the part, in the order of the rows.
  var nearest: [UInt32]

  private static let headerWords = 5

  func write(to path: String) throws(WinnowError) {
    let dimensions = sizes.isEmpty ? 0 : sums.count / sizes.count
    let header = [moved, nearest.count, sizes.count, dimensions, far.count].map { UInt64($0) }
    try SealedFile.write(header, sizes, sums, far, nearest, to: path)
  }

  /// - Throws: ``WinnowError`` when the file is not whole or of another training.
  init(_ path: String, clusters: Int, dimensions: Int) throws(WinnowError) {
    guard let bytes = SealedFile.read(path) else {
      throw damaged(path, "it was changed during the build")
    }
    var offset = 0
    func take<Element: BitwiseCopyable>(_ count: Int, of _: Element.Type) -> [Element]? {
      let size = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
      guard count >= 0, !size.overflow, size.partialValue <= bytes.count - offset else {
        return nil
      }
      defer { offset += size.partialValue }
      return bytes.withUnsafeBytes { bytes in
        (0..<count).map {
          bytes.loadUnaligned(
            fromByteOffset: offset + $0 * MemoryLayout<Element>.stride, as: Element.self)
        }
      }
    }
    guard
      let header = take(Self.headerWords, of: UInt64.self)?.map({ Int(truncatingIfNeeded: $0) }),
      header[2] == clusters, header[3] == dimensions,
      let sizes = take(clusters, of: UInt64.self),
      let sums = take(clusters * dimensions, of: Int64.self),
      let far = take(header[4], of: FarRow.self),
      let nearest = take(header[1], of: UInt32.self), offset == bytes.count
    else { throw damaged(path, "it is of another training") }
    (moved, self.sizes, self.sums, self.far, self.nearest) = (
      header[0], sizes, sums, far, nearest
    )
  }

  init(
    moved: Int, sizes: [UInt64], sums: [Int64], far: [FarRow], nearest: [UInt32]
  ) {
    self.moved = moved
    self.sizes = sizes
    self.sums = sums
    self.far = far
    self.nearest = nearest
  }
}

/// A row that an empty cluster may be given.
struct FarRow: BitwiseCopyable, Sendable {
  var row: UInt64
  var distance: Float
  var cluster: UInt32
  var previous: UInt32
  var padding: UInt32 = 0

  static func isFarther(_ a: FarRow, _ b: FarRow) -> Bool {
    a.distance != b.distance ? a.distance > b.distance : a.row < b.row
  }
}

/// What moving the centroids after a round came to.
struct RoundEnd: Codable, Sendable {
  /// No row moved, so the centroids did not.
  var isConverged: Bool
  /// Rows that empty clusters were given, and these clusters.
  var refilled: [Int: UInt32]
}

/// Keeps the rows that are farthest from their centroids.
struct FarthestRows {
  private let limit: Int
  private var rows: [FarRow] = []

  init(limit: Int) { self.limit = limit }

  mutating func offer(_ row: FarRow) {
    rows.append(row)
    if rows.count >= 4 * limit + 1024 { trim() }
  }

  private mutating func trim() {
    rows.sort(by: FarRow.isFarther)
    rows.removeLast(max(0, rows.count - limit))
  }

  /// Farthest first.
  mutating func result() -> [FarRow] {
    trim()
    return rows
  }
}

/// Tasks of a round at most.
let mostRoundParts = 256

/// The runs of the assignment, grouped to the tasks of a round: every one of them leaves sums of all
/// clusters, which one task adds up.
func roundParts(_ runs: [Range<Int>]) -> [Range<Int>] {
  let count = min(runs.count, mostRoundParts)
  return (0..<count).map { part in
    runs[part * runs.count / count]
      .lowerBound..<runs[(part + 1) * runs.count / count - 1].upperBound
  }
}

extension LocalBuild {
  /// Whether the training's rounds are stages of their own.
  var hasRounds: Bool {
    if case .owner = stages.role { return false }
    return plan.given == nil && parameters.trainingRows == .all
  }

  /// The names of the stages of the rounds, in their order.
  static func roundStages(_ iterations: Int) -> [String] {
    ["start"] + (0..<max(0, iterations)).flatMap { ["round-\($0 + 1)", "move-\($0 + 1)"] }
  }

  /// Trains on all candidates, round by round.
  func runRounds(_ candidates: CandidateSet) throws(WinnowError) -> TrainedCentroids {
    let k = parameters.clusters
    func components(_ stage: String) -> String { "\(stageFolder)/\(stage)/centroids.npy" }
    func report(_ round: Int) {
      observer.progress(
        BuildProgress(stage: .train, done: round, total: parameters.iterations, unit: "rounds"))
    }
    report(0)
    _ = try stages.once(
      "start", key: keys.train, staging: staging, isCancelled: observer.isCancelled
    ) {
      (files, _) throws(WinnowError) in
      let rows = StreamedRows(
        blocks, candidates, shards, parameters, isCancelled: observer.isCancelled)
      guard let initial = try chooseInitial(rows, parameters, isCancelled: observer.isCancelled)
      else { throw .interrupted }
      let state = try TrainingState(rows: rows, initial: initial, parameters: training)
      try files.writeArray(
        components("start"), .float32, shape: [k, dataset.dimensions], elements: state.centroids)
      return k
    }
    var (last, rounds, isConverged) = ("start", 0, false)
    var before: (parts: [String], refilled: [Int: UInt32])?
    while rounds < parameters.iterations, !isConverged {
      let centroids = staging.folder + "/" + components(last)
      let parts = try runRound(rounds + 1, centroids, candidates, before)
      let name = "move-\(rounds + 1)"
      let end = try stages.once(
        name, key: keys.train, staging: staging, isCancelled: observer.isCancelled
      ) { (files, _) throws(WinnowError) in
        let (end, moved) = try moveCentroids(parts, centroids)
        try files.writeArray(
          components(name), .float32, shape: [k, dataset.dimensions], elements: moved)
        return end
      }
      isConverged = end.isConverged
      if !isConverged { rounds += 1 }
      (last, before) = (name, (parts, end.refilled))
      report(rounds)
    }
    let names = Self.roundStages(parameters.iterations)
    if let end = names.firstIndex(of: last) { try stages.leaveOut(names[(end + 1)...]) }
    observer.progress(
      BuildProgress(stage: .train, done: rounds, total: rounds, unit: "rounds"))
    let found = try readCentroids(
      staging.folder + "/" + components(last), dimensions: dataset.dimensions,
      instructions: parameters.instructions)
    return TrainedCentroids(
      centroids: found,
      training: .init(rows: candidates.count, iterations: rounds, converged: isConverged))
  }

  private var training: TrainingParameters {
    TrainingParameters(
      clusters: parameters.clusters, iterations: parameters.iterations,
      threads: parameters.threads, instructions: parameters.instructions)
  }

  /// Finds the cluster of every candidate; returns the results of the tasks.
  private func runRound(
    _ round: Int, _ path: String, _ candidates: CandidateSet,
    _ before: (parts: [String], refilled: [Int: UInt32])?
  ) throws(WinnowError) -> [String] {
    let parts = roundParts(runs(of: blocks))
    let stage = try stages.open(
      "round-\(round)", key: keys.train, results: parts.indices.map { "part-\($0)" },
      isWhole: { SealedFile.read($0) != nil })
    let (dimensions, instructions) = (dataset.dimensions, parameters.instructions)
    let k = parameters.clusters
    let (blocks, shards, observer) = (blocks, shards, observer)
    try stage.take(isCancelled: observer.isCancelled) { (open) throws(WinnowError) in
      let centroids = try readCentroids(path, dimensions: dimensions, instructions: instructions)
      try parallel(
        tasks: open.count, threads: parameters.threads, isCancelled: observer.isCancelled
      ) { (_, place) throws(WinnowError) in
        let part = open[place]
        let previous = try before.map { (before) throws(WinnowError) in
          try RoundPart(before.parts[part], clusters: k, dimensions: dimensions).nearest
        }
        let pass = RoundPass(
          blocks: blocks, centroids: centroids, candidates: candidates, parameters: parameters,
          previous: previous, refilled: before?.refilled ?? [:], isCancelled: observer.isCancelled)
        let own = blocks.blocks[parts[part]]
        let result = try shards.reading(own.first!.shard...own.last!.shard) {
          () throws(WinnowError) in try pass.run(own)
        }
        try result.write(to: stage.paths[part])
      }
    }
    return stage.paths
  }

  /// Adds up what the tasks of a round found and moves the centroids.
  private func moveCentroids(
    _ parts: [String], _ path: String
  ) throws(WinnowError) -> (RoundEnd, [Float]) {
    let (k, dimensions) = (parameters.clusters, dataset.dimensions)
    let instructions = parameters.instructions
    let before = try readCentroids(path, dimensions: dimensions, instructions: instructions)
    let sums = CentroidSums(clusters: k, dimensions: dimensions, instructions: instructions)
    var sizes = [Int](repeating: 0, count: k)
    var moved = 0
    var farthest = FarthestRows(limit: 2 * k)
    for path in parts {
      if observer.isCancelled() { throw .interrupted }
      let part = try RoundPart(path, clusters: k, dimensions: dimensions)
      moved += part.moved
      for cluster in 0..<k { sizes[cluster] += Int(part.sizes[cluster]) }
      sums.add(part.sums)
      for row in part.far { farthest.offer(row) }
    }
    let far = farthest.result()
    var refilled: [Int: UInt32] = [:]
    var next = far.makeIterator()
    for empty in (0..<k).filter({ sizes[$0] == 0 }) {
      while let row = next.next() {
        let cluster = Int(row.cluster)
        guard sizes[cluster] > 1 else { continue }
        sizes[cluster] -= 1
        sizes[empty] += 1
        refilled[Int(row.row)] = UInt32(empty)
        if row.cluster == row.previous { moved += 1 }
        if UInt32(empty) == row.previous { moved -= 1 }
        break
      }
    }
    if moved == 0 { return (RoundEnd(isConverged: true, refilled: [:]), before.components()) }
    try move(refilled, far, in: sums)
    let components = sums.movedCentroids(before.components(), threads: parameters.threads)
    return (RoundEnd(isConverged: false, refilled: refilled), components)
  }

  /// Takes rows out of the sums of their clusters and adds them to those that were empty.
  private func move(
    _ refilled: [Int: UInt32], _ far: [FarRow], in sums: CentroidSums
  ) throws(WinnowError) {
    if refilled.isEmpty { return }
    let buffer = BlockBuffer(blocks)
    let one = VectorBlock(capacity: 1, dimensions: dataset.dimensions)
    for row in far {
      guard let cluster = refilled[Int(row.row)] else { continue }
      let number = Int(row.row)
      let shard = blocks.shard(of: number)
      let faulty = try shards.reading(shard...shard) { () throws(WinnowError) in
        try gatherRows(blocks, [number], 0..<1, into: one, at: 0, buffer, parameters)
      }
      guard faulty == 0 else { throw changedInput(blocks, shard: shard) }
      sums.add(0, of: one, to: Int(row.cluster), sign: -1)
      sums.add(0, of: one, to: Int(cluster), sign: 1)
    }
  }
}

/// One task of a round.
private struct RoundPass: Sendable {
  let blocks: RowBlocks
  let centroids: Centroids
  let candidates: CandidateSet
  let parameters: BuildParameters
  /// The clusters of the part's candidates in the round before; nil in the first.
  let previous: [UInt32]?
  /// Rows that were given to empty clusters then.
  let refilled: [Int: UInt32]
  let isCancelled: @Sendable () -> Bool

  func run(_ own: ArraySlice<RowBlock>) throws(WinnowError) -> RoundPart {
    let k = centroids.count
    let buffer = BlockBuffer(blocks)
    let sums = CentroidSums(
      clusters: k, dimensions: centroids.dimensions, instructions: parameters.instructions)
    var part = RoundPart(
      moved: 0, sizes: [UInt64](repeating: 0, count: k), sums: [], far: [], nearest: [])
    // An empty cluster takes the next row whose own cluster can spare it; each cluster refuses once.
    var far = FarthestRows(limit: 2 * k)
    for block in own {
      if isCancelled() { throw .interrupted }
      var wanted: [Int] = []
      candidates.forEach(in: block.firstRow..<block.firstRow + block.rows.count) {
        wanted.append($0)
      }
      if wanted.isEmpty { continue }
      let faulty = try gatherRows(
        blocks, wanted, wanted.indices, into: buffer.vectors, at: 0, buffer, parameters)
      guard faulty == 0 else { throw changedInput(blocks, shard: block.shard) }
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
