// The sums of the unit vectors of each cluster's rows, as integers: rows may be added and taken
// away in any order, by any thread.

import CKernels
import Foundations
import Synchronization

/// k sums; any thread may add to them.
package final class CentroidSums: @unchecked Sendable {
  // Sound: a cluster's sum is touched under its lock only, or by one thread.
  private final class Lock: Sendable { let mutex = Mutex(()) }

  package let clusters: Int
  private let dimensions: Int
  private let instructions: InstructionSet
  private let sums: UnsafeMutablePointer<Int64>
  private let touched: UnsafeMutablePointer<Bool>
  private let locks: [Lock]

  /// - Complexity: O(clusters * dimensions) memory, 8 bytes a component.
  package init(clusters: Int, dimensions: Int, instructions: InstructionSet) {
    self.clusters = clusters
    self.dimensions = dimensions
    self.instructions = instructions
    sums = .allocate(capacity: clusters * dimensions)
    sums.initialize(repeating: 0, count: clusters * dimensions)
    touched = .allocate(capacity: clusters)
    touched.initialize(repeating: false, count: clusters)
    locks = (0..<min(256, clusters)).map { _ in Lock() }
  }

  deinit {
    sums.deallocate()
    touched.deallocate()
  }

  /// Adds a row's unit vector to a cluster's sum, or takes it away.
  ///
  /// - Complexity: O(dimensions)
  package func add(_ slot: Int, of block: VectorBlock, to cluster: Int, sign: Int64) {
    locks[cluster % locks.count].mutex.withLock { _ in
      touched[cluster] = true
      wk_add_unit(
        instructions.code, block.values + slot * block.stride, dimensions, block.norms[slot], sign,
        sums + cluster * dimensions)
    }
  }

  /// All sums, clusters * dimensions numbers in C order.
  package var values: [Int64] {
    Array(UnsafeBufferPointer(start: sums, count: clusters * dimensions))
  }

  /// Adds sums of other rows.
  ///
  /// - Parameter others: as ``values`` gives them; one process at a time adds such.
  package func add(_ others: [Int64]) {
    precondition(others.count == clusters * dimensions)
    for index in others.indices { sums[index] += others[index] }
    touched.update(repeating: true, count: clusters)
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
    _ rows: VectorBlock, from previous: [UInt32]?, to nearest: [UInt32], threads: Int
  ) {
    let changes = ChangesByCluster(from: previous, to: nearest, clusters: clusters)
    for part in changes.parts { touched[part.cluster] = true }
    parallel(tasks: changes.parts.count, threads: threads) { _, task in
      let part = changes.parts[task]
      if part.isWhole {
        add(changes.entries[part.entries], of: rows, to: sums + part.cluster * dimensions)
        return
      }
      let own = UnsafeMutablePointer<Int64>.allocate(capacity: dimensions)
      defer { own.deallocate() }
      own.initialize(repeating: 0, count: dimensions)
      add(changes.entries[part.entries], of: rows, to: own)
      locks[part.cluster % locks.count].mutex.withLock { _ in
        let sum = sums + part.cluster * dimensions
        for index in 0..<dimensions { sum[index] += own[index] }
      }
    }
  }

  private func add(
    _ entries: ArraySlice<ChangesByCluster.Entry>, of rows: VectorBlock,
    to sum: UnsafeMutablePointer<Int64>
  ) {
    for entry in entries {
      wk_add_unit(
        instructions.code, rows.values + entry.row * rows.stride, dimensions,
        rows.norms[entry.row], entry.sign, sum)
    }
  }

  /// Moves the centroid of every cluster whose rows changed since the last call to the direction
  /// of their sum.
  ///
  /// A sum of zero (rows that cancel each other) has no direction: the centroid stays.
  ///
  /// - Returns: how far each centroid moved, as unit vectors; bounds from above.
  func moveCentroids(_ vectors: VectorBlock, threads: Int) -> [Float] {
    var moves = [Float](repeating: 0, count: clusters)
    moves.withUnsafeMutableBufferPointer { moves in
      // Sound: each task touches its own cluster.
      nonisolated(unsafe) let moves = moves.baseAddress!
      parallel(tasks: clusters, threads: threads) { _, cluster in
        guard touched[cluster] else { return }
        touched[cluster] = false
        let sum = UnsafeBufferPointer(start: sums + cluster * dimensions, count: dimensions)
        guard sum.contains(where: { $0 != 0 }) else { return }
        let before = vectors.vector(cluster)
        let norm = vectors.norm(cluster)
        vectors.setUnit(cluster, sum.map(Double.init), instructions: instructions)
        moves[cluster] = Self.distance(
          before, norm, vectors.values + cluster * vectors.stride, vectors.norms[cluster])
      }
    }
    return moves
  }

  /// A bound from above of the distance of two vectors divided by their norms.
  private static func distance(
    _ a: [Float], _ normOfA: Double, _ b: UnsafePointer<Float>, _ normOfB: Double
  ) -> Float {
    var square = 0.0
    for index in a.indices {
      let difference = Double(a[index]) / normOfA - Double(b[index]) / normOfB
      square += difference * difference
    }
    return Float(square.squareRoot()) * 1.000_001 + 1e-9
  }
}
