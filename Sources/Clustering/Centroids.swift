// Unit vectors that rows are compared with by their cosine.

import Foundations

/// Centroids, and the search among them.
public final class Centroids: Sendable {
  /// Unit vectors, one a cluster.
  public let vectors: VectorBlock
  public let count: Int
  public var dimensions: Int { vectors.dimensions }
  public let instructions: InstructionSet
  let screen: CentroidScreen?

  /// - Parameters:
  ///   - vectors: they stay as they are from now on.
  ///   - screen: one whose rows shall be of use here, too.
  init(
    _ vectors: VectorBlock, instructions: InstructionSet, threads: Int = 1,
    like screen: CentroidScreen? = nil
  ) {
    self.vectors = vectors
    count = vectors.capacity
    self.instructions = instructions
    self.screen = CentroidScreen(
      vectors, instructions: instructions, threads: threads, meanOf: screen)
  }

  /// Centroids from elsewhere, scaled to unit length.
  ///
  /// A vector whose length is within 1e-6 of 1 already is taken bit for bit, so that centroids
  /// written by a build and given to another one stay the same.
  ///
  /// - Parameter components: `count * dimensions` numbers in C order, finite, no vector zero.
  public convenience init(
    components: [Float], count: Int, dimensions: Int, instructions: InstructionSet,
    threads: Int = 1
  ) {
    precondition(components.count == count * dimensions)
    let vectors = VectorBlock(capacity: count, dimensions: dimensions)
    for cluster in 0..<count {
      let vector = components[cluster * dimensions..<(cluster + 1) * dimensions].map(Double.init)
      let square = vector.reduce(0) { $0 + $1 * $1 }
      if abs(square.squareRoot() - 1) <= 1e-6 {
        vectors.set(cluster, vector.map { Float($0) }, instructions: instructions)
      } else {
        vectors.setUnit(cluster, vector, instructions: instructions)
      }
    }
    self.init(vectors, instructions: instructions, threads: threads)
  }

  /// All components in C order, without padding.
  public func components() -> [Float] {
    (0..<count).flatMap { vectors.vector($0) }
  }

  /// The distance max(0, 1 - cosine) of a row to a centroid.
  func distance(of slot: Int, in rows: VectorBlock, to cluster: Int) -> Float {
    Float(max(0, 1 - rows.cosine(slot, vectors, cluster, instructions)))
  }

  /// Cosine of two centroids.
  public func cosine(_ one: Int, _ other: Int) -> Double {
    vectors.cosine(one, vectors, other, instructions)
  }

  /// d_inter: each centroid's mean distance to its `neighbours` nearest others (all the others
  /// when there are fewer; 0 when there are none).  The distances are added from the nearest on.
  ///
  /// - Complexity: O(k^2 * dimensions) time, O(k) memory a thread.
  public func meanDistanceToNeighbours(_ neighbours: Int, threads: Int) -> [Double] {
    let wanted = min(neighbours, count - 1)
    let means = SharedBuffer<Double>(repeating: 0, count: count)
    guard wanted > 0 else { return means.elements }
    let block = 16
    parallel(tasks: (count + block - 1) / block, threads: threads) { _, task in
      let clusters = task * block..<min((task + 1) * block, count)
      for (cluster, mean) in zip(clusters, meanDistances(of: clusters, toNearest: wanted)) {
        means[cluster] = mean
      }
    }
    return means.elements
  }

  /// The mean distances of some centroids to their `wanted` nearest others, in one pass over all.
  private func meanDistances(of clusters: Range<Int>, toNearest wanted: Int) -> [Double] {
    let chunk = 512
    var dots = [Float](repeating: 0, count: clusters.count * chunk)
    // Ascending distances of each centroid.
    var nearest = [[Double]](repeating: [], count: clusters.count)
    for start in stride(from: 0, to: count, by: chunk) {
      let width = min(chunk, count - start)
      vectors.dots(clusters, vectors, start..<start + width, into: &dots, instructions)
      for (place, cluster) in clusters.enumerated() {
        for other in start..<start + width where other != cluster {
          let cosine =
            Double(dots[place * width + other - start])
            / (vectors.norm(cluster) * vectors.norm(other))
          keepSmallest(wanted, max(0, 1 - cosine), in: &nearest[place])
        }
      }
    }
    return nearest.map { $0.reduce(0, +) / Double(wanted) }
  }

  /// Inserts `distance` into an ascending list of at most `limit` numbers.
  private func keepSmallest(_ limit: Int, _ distance: Double, in list: inout [Double]) {
    if list.count == limit {
      guard distance < list[limit - 1] else { return }
      list.removeLast()
    }
    list.insert(distance, at: list.firstIndex { $0 > distance } ?? list.count)
  }
}
