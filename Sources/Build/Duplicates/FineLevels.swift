// Fine clusters of data sets that have too many for one k-means: first coarse ones, about the square
// root of as many, then each of those is split on its own.  A row's fine cluster is the nearest of its
// coarse cluster's.

import Clustering
import Foundations
import Pruning
import Storage
import Synchronization

/// How fine clusters are shared among coarse ones.
package struct FineLevels: Sendable {
  /// Where each coarse cluster's fine ones begin, and the end of the last.
  package let offsets: [Int]

  /// Coarse clusters of so many fine ones.
  package static func coarseClusters(_ fine: Int) -> Int {
    var root = Int(Double(fine).squareRoot())
    while root * root < fine { root += 1 }
    return root
  }

  /// In proportion to the rows, at least one where there are any: the largest remainders are rounded
  /// up, ties the lower number.  Where that makes too many, the largest numbers become smaller.
  ///
  /// - Parameters:
  ///   - sizes: rows of each coarse cluster, `fine` in all or more; no more of them have rows.
  package init(sizes: [Int], fine: Int) {
    let total = sizes.reduce(0, +)
    precondition(fine <= total)
    let shares = sizes.map { size in
      total.dividingFullWidth(size.multipliedFullWidth(by: fine))
    }
    var counts = zip(sizes, shares).map { $0 == 0 ? 0 : max(1, $1.quotient) }
    var missing = fine - counts.reduce(0, +)
    // Those that were given one at least have got more than their share.
    let order = shares.indices.filter { counts[$0] == shares[$0].quotient }.sorted {
      shares[$0].remainder != shares[$1].remainder
        ? shares[$0].remainder > shares[$1].remainder : $0 < $1
    }
    for cluster in order.prefix(max(0, missing)) {
      counts[cluster] += 1
      missing -= 1
    }
    while missing < 0 {
      let most = counts.max()!
      counts[counts.firstIndex(of: most)!] -= 1
      missing += 1
    }
    var offsets = [0]
    for count in counts { offsets.append(offsets.last! + count) }
    self.offsets = offsets
  }

  var coarse: Int { offsets.count - 1 }
  var fine: Int { offsets[coarse] }

  func count(_ cluster: Int) -> Int { offsets[cluster + 1] - offsets[cluster] }
}

/// The rows of one coarse cluster of smallest hash, ascending.
private func smallestRows(
  of cluster: Int, in runs: [String], limit: Int, seed: UInt64
) throws(WinnowError) -> [Int] {
  var smallest = SmallestHashes(limit: limit)
  for path in runs {
    let run = try AssignedRun(path)
    for row in try run.rows(of: cluster) {
      smallest.offer(splitmix64(seed: seed, row: UInt64(row)), row: UInt64(row))
    }
  }
  return smallest.rows()
}

extension AssignedRun {
  /// The rows of a cluster, as the data set numbers them.
  fileprivate func rows(of cluster: Int) throws(WinnowError) -> [Int] {
    let places = try places(of: cluster)
    let space = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: max(1, places.count))
    defer { space.deallocate() }
    try readRows(places, into: space.baseAddress!)
    return space.prefix(places.count).map { firstRow + Int($0) }
  }
}

/// Trains the fine centroids of one coarse cluster and writes them.
///
/// - Parameters:
///   - parameters: of this training: clusters, seed, rounds.
///   - limit: training rows at most.
func trainFine(
  _ cluster: Int, of coarseRuns: [String], _ blocks: RowBlocks, _ watch: InputWatch, limit: Int,
  to path: String, parameters: BuildParameters, isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) {
  let numbers = try smallestRows(of: cluster, in: coarseRuns, limit: limit, seed: parameters.seed)
  let vectors = VectorBlock(capacity: numbers.count, dimensions: blocks.dataset.dimensions)
  let buffer = BlockBuffer(blocks)
  let faulty = try watch.reading(watch.paths.indices) { () throws(WinnowError) in
    try gatherRows(blocks, numbers, numbers.indices, into: vectors, at: 0, buffer, parameters)
  }
  guard faulty == 0 else { throw changedInput(blocks, shard: nil) }
  let rows = RowsInMemory(vectors: vectors, numbers: numbers, seed: parameters.seed)
  guard let initial = try chooseInitial(rows, parameters, isCancelled: isCancelled) else {
    throw .interrupted
  }
  let training = TrainingParameters(
    clusters: parameters.clusters, iterations: parameters.iterations, threads: parameters.threads,
    instructions: parameters.instructions)
  let result = try trainSphericalKMeans(rows: rows, initial: initial, parameters: training) {
    (_, _) throws(WinnowError) in !isCancelled()
  }
  guard let result else { throw .interrupted }
  try SealedFile.write(result.centroids.components(), to: path)
}

/// The fine centroids of a coarse cluster.
func readFine(
  _ path: String, count: Int, dimensions: Int
) throws(WinnowError) -> [Float] {
  guard let bytes = SealedFile.read(path), bytes.count == 4 * count * dimensions else {
    throw damaged(path, "it was changed during the build")
  }
  return bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
}

/// One worker of ``assignFine(_:_:_:_:_:parameters:isCancelled:progress:)``.
private final class FineAssigner: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  private let blocks: RowBlocks
  private let levels: FineLevels
  private let trained: [String]
  private let parameters: BuildParameters
  private let buffer: BlockBuffer
  private let writer = AssignedRunWriter()

  init(
    _ blocks: RowBlocks, _ levels: FineLevels, _ trained: [String], _ parameters: BuildParameters
  ) {
    self.blocks = blocks
    self.levels = levels
    self.trained = trained
    self.parameters = parameters
    buffer = BlockBuffer(blocks)
  }

  /// Writes the fine clusters of a run's rows.
  func assign(
    _ coarseRun: String, to path: String, isCancelled: () -> Bool
  ) throws(WinnowError) {
    let run = try AssignedRun(coarseRun)
    let nearest = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, run.rows))
    let distances = UnsafeMutablePointer<Float>.allocate(capacity: max(1, run.rows))
    defer {
      nearest.deallocate()
      distances.deallocate()
    }
    nearest.update(repeating: AssignedRun.none, count: run.rows)
    distances.update(repeating: 0, count: run.rows)
    for cluster in 0..<levels.coarse {
      let rows = try run.rows(of: cluster).sorted()
      if rows.isEmpty { continue }
      let count = levels.count(cluster)
      let centroids = Centroids(
        components: try readFine(
          trained[cluster], count: count, dimensions: blocks.dataset.dimensions),
        count: count, dimensions: blocks.dataset.dimensions,
        instructions: parameters.instructions)
      for start in stride(from: 0, to: rows.count, by: buffer.vectors.capacity) {
        if isCancelled() { throw .interrupted }
        let places = start..<min(start + buffer.vectors.capacity, rows.count)
        let faulty = try gatherRows(
          blocks, rows, places, into: buffer.vectors, at: 0, buffer, parameters)
        guard faulty == 0 else { throw changedInput(blocks, shard: blocks.shard(of: rows[start])) }
        centroids.assign(
          buffer.vectors, count: places.count, nearest: buffer.nearest,
          distances: buffer.distances, scratch: buffer.scratch)
        for (slot, place) in places.enumerated() {
          let row = rows[place] - run.firstRow
          nearest[row] = UInt32(levels.offsets[cluster]) + buffer.nearest[slot]
          distances[row] = buffer.distances[slot]
        }
      }
    }
    try writer.write(
      firstRow: run.firstRow, count: run.rows, nearest: nearest, distances: distances,
      clusters: levels.fine, to: path)
  }
}

/// Writes the runs of the fine clusters that are not finished, each out of a coarse one.
///
/// - Parameter trained: the centroids of each coarse cluster's fine ones.
func assignFine(
  _ blocks: RowBlocks, _ levels: FineLevels, _ trained: [String], coarseRuns: [String],
  _ watch: InputWatch, _ stage: Stage, parameters: BuildParameters,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) {
  let assigners = (0..<max(1, parameters.threads)).map { _ in
    FineAssigner(blocks, levels, trained, parameters)
  }
  try stage.run(threads: parameters.threads, isCancelled: isCancelled) {
    (worker, task) throws(WinnowError) in
    try watch.reading(watch.paths.indices) { () throws(WinnowError) in
      try assigners[worker].assign(
        coarseRuns[task], to: stage.paths[task], isCancelled: isCancelled)
    }
  }
}
