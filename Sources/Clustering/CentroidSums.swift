// The sums of the unit vectors of each cluster's rows, as integers: rows may be added and taken
// away in any order, by any thread.

import Foundations
import Synchronization

/// k sums; any thread may add to them.
package final class CentroidSums: Sendable {
  private final class Lock: Sendable { let mutex = Mutex(()) }

  package let clusters: Int
  private let dimensions: Int
  private let instructions: InstructionSet
  /// A cluster's sum is touched under its lock only, or by one thread.
  private let sums: SharedBuffer<Int64>
  private let touched: SharedBuffer<Bool>
  private let locks: [Lock]

  /// - Complexity: O(clusters * dimensions) memory, 8 bytes a component.
  package init(clusters: Int, dimensions: Int, instructions: InstructionSet) {
    self.clusters = clusters
    self.dimensions = dimensions
    self.instructions = instructions
    sums = SharedBuffer(repeating: 0, count: clusters * dimensions)
    touched = SharedBuffer(repeating: false, count: clusters)
    locks = (0..<min(256, clusters)).map { _ in Lock() }
  }

  /// Adds a row's unit vector to a cluster's sum, or takes it away.
  ///
  /// - Complexity: O(dimensions)
  package func add(_ slot: Int, of block: VectorBlock, to cluster: Int, sign: Int64) {
    locks[cluster % locks.count].mutex.withLock { _ in
      touched[cluster] = true
      withSum(of: cluster) { block.addUnit(slot, sign: sign, to: &$0, instructions) }
    }
  }

  private func withSum(of cluster: Int, _ body: (inout MutableSpan<Int64>) -> Void) {
    sums.memory.withMutableSpan(cluster * dimensions..<(cluster + 1) * dimensions, body)
  }

  /// All sums, clusters * dimensions numbers in C order.
  package var values: [Int64] { sums.elements }

  /// Adds sums of other rows.
  ///
  /// - Parameter others: as ``values`` gives them; one process at a time adds such.
  package func add(_ others: [Int64]) {
    precondition(others.count == clusters * dimensions)
    sums.memory.withMutableSpan(0..<sums.count) { sums in
      for index in others.indices { sums[index] += others[index] }
    }
    for cluster in 0..<clusters { touched[cluster] = true }
  }

  /// Where centroids move to whose clusters have these sums, as ``TrainingState/centroids``.
  package func movedCentroids(_ components: [Float], threads: Int) -> [Float] {
    let vectors = VectorBlock(
      copying: components, count: clusters, dimensions: dimensions, instructions: instructions)
    _ = moveCentroids(vectors, threads: threads)
    return (0..<clusters).flatMap { vectors.vector($0) }
  }

  /// Takes rows that changed their cluster from the old sum and adds them to the new one, cluster by
  /// cluster, so that a sum stays in the cache while its rows pass.
  ///
  /// - Parameters:
  ///   - rows: all of them.
  ///   - previous: the clusters that the sums hold the rows in; nil when they hold none.
  /// - Complexity: O(rows + changes * dimensions) time, 8 bytes a change and 8 a cluster.
  func move(
    _ rows: VectorBlock, from previous: SharedBuffer<UInt32>?, to nearest: SharedBuffer<UInt32>,
    threads: Int
  ) {
    let changes = ChangesByCluster(from: previous, to: nearest, clusters: clusters)
    for part in changes.parts { touched[part.cluster] = true }
    parallel(tasks: changes.parts.count, threads: threads) { _, task in
      let part = changes.parts[task]
      if part.isWhole {
        withSum(of: part.cluster) { add(changes.entries[part.entries], of: rows, to: &$0) }
        return
      }
      var own = [Int64](repeating: 0, count: dimensions)
      var span = own.mutableSpan
      add(changes.entries[part.entries], of: rows, to: &span)
      locks[part.cluster % locks.count].mutex.withLock { _ in
        withSum(of: part.cluster) { sum in
          for index in own.indices { sum[index] += own[index] }
        }
      }
    }
  }

  private func add(
    _ entries: ArraySlice<ChangesByCluster.Entry>, of rows: VectorBlock,
    to sum: inout MutableSpan<Int64>
  ) {
    for entry in entries { rows.addUnit(entry.row, sign: entry.sign, to: &sum, instructions) }
  }

  /// Moves the centroid of every cluster whose rows changed since the last call to the direction
  /// of their sum.
  ///
  /// A sum of zero (rows that cancel each other) has no direction: the centroid stays.
  ///
  /// - Returns: how far each centroid moved, as unit vectors; bounds from above.
  func moveCentroids(_ vectors: VectorBlock, threads: Int) -> [Float] {
    let moves = SharedBuffer<Float>(repeating: 0, count: clusters)
    parallel(tasks: clusters, threads: threads) { _, cluster in
      guard touched[cluster] else { return }
      touched[cluster] = false
      let sum = sums.memory.elements(cluster * dimensions..<(cluster + 1) * dimensions)
      guard sum.contains(where: { $0 != 0 }) else { return }
      let (before, norm) = (vectors.vector(cluster), vectors.norm(cluster))
      vectors.setUnit(cluster, sum.map(Double.init), instructions: instructions)
      moves[cluster] = Self.distance(before, norm, vectors.vector(cluster), vectors.norm(cluster))
    }
    return moves.elements
  }

  /// A bound from above of the distance of two vectors divided by their norms.
  private static func distance(
    _ a: [Float], _ normOfA: Double, _ b: [Float], _ normOfB: Double
  ) -> Float {
    var square = 0.0
    for index in a.indices {
      let difference = Double(a[index]) / normOfA - Double(b[index]) / normOfB
      square += difference * difference
    }
    return Float(square.squareRoot()) * 1.000_001 + 1e-9
  }
}
