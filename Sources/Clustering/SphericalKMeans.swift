// Spherical k-means (Dhillon and Modha, "Concept decompositions for large sparse text data using
// clustering", 2001) with results that do not depend on the order of work: every sum over rows is
// a sum of integers, every choice has a tie rule.

import CKernels

/// What training needs to know beside the rows.
public struct TrainingParameters: Sendable {
  /// k, at least 1 and at most the number of training rows.
  public var clusters: Int
  /// Rounds at most; training ends early when no row moves.
  public var iterations: Int
  public var threads: Int
  public var instructions: InstructionSet

  public init(clusters: Int, iterations: Int, threads: Int, instructions: InstructionSet) {
    self.clusters = clusters
    self.iterations = iterations
    self.threads = threads
    self.instructions = instructions
  }
}

/// Trained centroids and how training went.
public struct TrainingResult: Sendable {
  public let centroids: Centroids
  /// Rounds that moved centroids.
  public let iterations: Int
  /// Whether training ended because no row moved.
  public let converged: Bool
}

/// Trains centroids on rows that are all in memory.
///
/// - Parameters:
///   - rows: the training rows, ascending by row number; none faulty.
///   - initial: k different slots of `rows` whose vectors are the first centroids.
///   - afterRound: told the round's number and how many rows moved in it; false stops.
/// - Returns: nil when `afterRound` stopped it.
/// - Complexity: O(iterations * rows * k * dimensions) time, O(rows + k * dimensions) memory.
public func trainSphericalKMeans(
  rows: VectorBlock, initial: [Int], parameters: TrainingParameters,
  afterRound: (_ round: Int, _ moved: Int) -> Bool
) -> TrainingResult? {
  let k = parameters.clusters
  precondition(initial.count == k && k >= 1 && k <= rows.capacity)
  let vectors = VectorBlock(capacity: k, dimensions: rows.dimensions)
  for (cluster, slot) in initial.enumerated() {
    vectors.setUnit(
      cluster, rows.vector(slot).map(Double.init), instructions: parameters.instructions)
  }
  var nearest = [UInt32](repeating: 0, count: rows.capacity)
  var previous = [UInt32](repeating: .max, count: rows.capacity)
  var distances = [Float](repeating: 0, count: rows.capacity)
  for round in 0..<parameters.iterations {
    let centroids = Centroids(
      vectors, instructions: parameters.instructions, threads: parameters.threads)
    assignAll(rows, to: centroids, parameters.threads, &nearest, &distances)
    refillEmptyClusters(k, &nearest, distances)
    let moved = zip(nearest, previous).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    if moved == 0 {
      return TrainingResult(centroids: centroids, iterations: round, converged: true)
    }
    moveCentroids(vectors, rows, nearest, parameters)
    guard afterRound(round + 1, moved) else { return nil }
    swap(&nearest, &previous)
  }
  return TrainingResult(
    centroids: Centroids(
      vectors, instructions: parameters.instructions, threads: parameters.threads),
    iterations: parameters.iterations, converged: false)
}

private func assignAll(
  _ rows: VectorBlock, to centroids: Centroids, _ threads: Int, _ nearest: inout [UInt32],
  _ distances: inout [Float]
) {
  let block = 512
  let scratch = (0..<max(1, threads)).map { _ in AssignmentScratch() }
  nearest.withUnsafeMutableBufferPointer { nearest in
    distances.withUnsafeMutableBufferPointer { distances in
      // Sound: each task writes its own rows.
      nonisolated(unsafe) let nearest = nearest.baseAddress!
      nonisolated(unsafe) let distances = distances.baseAddress!
      parallel(tasks: (rows.capacity + block - 1) / block, threads: threads) { worker, task in
        let start = task * block
        centroids.assign(
          rows, start: start, count: min(block, rows.capacity - start),
          nearest: nearest + start, distances: distances + start, scratch: scratch[worker])
      }
    }
  }
}

/// Gives every empty cluster the row that is farthest from its centroid (ties: the lower row) out
/// of a cluster of more than one row, the lowest empty cluster first.
///
/// A row that cannot be taken because its cluster has one row only can never be taken later, so
/// one pass over the rows from far to near serves all empty clusters.
package func refillEmptyClusters(_ k: Int, _ nearest: inout [UInt32], _ distances: [Float]) {
  var sizes = [Int](repeating: 0, count: k)
  for cluster in nearest { sizes[Int(cluster)] += 1 }
  let empty = (0..<k).filter { sizes[$0] == 0 }
  guard !empty.isEmpty else { return }
  let farthest = nearest.indices.sorted {
    distances[$0] != distances[$1] ? distances[$0] > distances[$1] : $0 < $1
  }
  var candidates = farthest.makeIterator()
  for cluster in empty {
    while let row = candidates.next() {
      guard sizes[Int(nearest[row])] > 1 else { continue }
      sizes[Int(nearest[row])] -= 1
      sizes[cluster] += 1
      nearest[row] = UInt32(cluster)
      break
    }
  }
}

/// Moves every centroid to the direction of the sum of its rows' unit vectors.
///
/// A sum of zero (rows that cancel each other) has no direction: the centroid stays.
private func moveCentroids(
  _ vectors: VectorBlock, _ rows: VectorBlock, _ nearest: [UInt32],
  _ parameters: TrainingParameters
) {
  let k = parameters.clusters
  var offsets = [Int](repeating: 0, count: k + 1)
  for cluster in nearest { offsets[Int(cluster) + 1] += 1 }
  for cluster in 0..<k { offsets[cluster + 1] += offsets[cluster] }
  var next = offsets
  var members = [Int](repeating: 0, count: nearest.count)
  for (row, cluster) in nearest.enumerated() {
    members[next[Int(cluster)]] = row
    next[Int(cluster)] += 1
  }
  let (grouped, bounds) = (members, offsets)
  parallel(tasks: k, threads: parameters.threads) { _, cluster in
    var sums = [Int64](repeating: 0, count: rows.dimensions)
    for row in grouped[bounds[cluster]..<bounds[cluster + 1]] {
      wk_add_unit(rows.values + row * rows.stride, rows.dimensions, rows.norms[row], &sums)
    }
    guard sums.contains(where: { $0 != 0 }) else { return }
    // Sound: each task writes its own centroid.
    vectors.setUnit(cluster, sums.map(Double.init), instructions: parameters.instructions)
  }
}
