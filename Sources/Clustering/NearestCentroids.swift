// Nearest centroids by cosine: a screen rules out what cannot be nearest, the canonical dot product
// decides.

import CKernels
import Foundations
import Storage

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
      vectors.setUnit(cluster, vector, instructions: instructions)
      guard abs(square.squareRoot() - 1) <= 1e-6 else { continue }
      let target = vectors.values + cluster * vectors.stride
      for index in 0..<dimensions { target[index] = Float(vector[index]) }
      wk_norms(instructions.code, target, 1, vectors.stride, vectors.norms + cluster)
    }
    self.init(vectors, instructions: instructions, threads: threads)
  }

  /// All components in C order, without padding.
  public func components() -> [Float] {
    (0..<count).flatMap { vectors.vector($0) }
  }

  /// For rows `start ..< start + count` of `rows`: the centroid of largest cosine (ties: the
  /// lowest number) and, where asked, the distance max(0, 1 - cosine).
  ///
  /// - Parameters:
  ///   - margins: by how much at least a row's cosine with its centroid exceeds that with any other;
  ///     0 where that took a closer look.
  /// - Complexity: O(count * k * dimensions)
  public func assign(
    _ rows: VectorBlock, start: Int = 0, count rowCount: Int,
    nearest: UnsafeMutablePointer<UInt32>, distances: UnsafeMutablePointer<Float>? = nil,
    margins: UnsafeMutablePointer<Float>? = nil, scratch: AssignmentScratch
  ) {
    assign(
      BlockRows(rows, start: start, count: rowCount), narrowed: nil, nearest: nearest,
      distances: distances, margins: margins, scratch: scratch)
  }

  /// The kernel alone: rows that are loaded, and narrowed where the screen wants that, before the
  /// call to their nearest centroids.  For measuring.
  ///
  /// - Returns: what does one search over all rows of the block; one thread at a time may use it.
  /// - Complexity: O(rows * dimensions), and O(rows * k * dimensions) each time it is called.
  package func search(
    of rows: VectorBlock, nearest: UnsafeMutablePointer<UInt32>, scratch: AssignmentScratch
  ) -> () -> Void {
    let narrowed = screen.flatMap { NarrowedRows(rows, for: $0, threads: 1) }
    let block = BlockRows(rows, start: 0, count: rows.capacity)
    return {
      self.assign(
        block, narrowed: narrowed, nearest: nearest, distances: nil, margins: nil,
        scratch: scratch)
    }
  }

  /// Whether rows of a block that do not follow each other can be searched for where they are.
  var takesScatteredRows: Bool { screen != nil }

  /// The same, with the rows' narrow form where it is at hand.
  func assign(
    _ rows: BlockRows, narrowed: NarrowedRows?, nearest: UnsafeMutablePointer<UInt32>,
    distances: UnsafeMutablePointer<Float>?, margins: UnsafeMutablePointer<Float>?,
    scratch: AssignmentScratch
  ) {
    let (block, count) = (rows.block, rows.count)
    precondition(block.stride == vectors.stride)
    if let screen {
      screen.search(
        rows, narrowed: narrowed, among: vectors, nearest: nearest, distances: distances,
        margins: margins, scratch: scratch)
    } else {
      precondition(rows.places == nil)
      margins?.update(repeating: 0, count: count)
      assignCanonically(
        block, start: rows.start, count: count, nearest: nearest,
        distances: distances ?? scratch.unwanted(count), scratch: scratch)
    }
  }

  /// The same by the canonical dot product of every row with every centroid: the slow twin, and
  /// the way where there is no screen.
  package func assignCanonically(
    _ rows: VectorBlock, start: Int = 0, count rowCount: Int,
    nearest: UnsafeMutablePointer<UInt32>, distances: UnsafeMutablePointer<Float>,
    scratch: AssignmentScratch
  ) {
    let values = scratch.space(Int(WK_NEAREST_SCRATCH) * MemoryLayout<Float>.stride)
      .assumingMemoryBound(to: Float.self)
    scratch.counts.rows += UInt64(rowCount)
    scratch.counts.contested += UInt64(count > 1 ? rowCount : 0)
    scratch.counts.dots += UInt64(rowCount * count)
    wk_nearest(
      instructions.code, rows.values + start * rows.stride, rows.norms + start, rowCount,
      vectors.values, vectors.norms, count, vectors.stride, nearest, distances, values)
  }

  /// The same for `count` vectors as their bytes are on disk.
  ///
  /// - Parameters:
  ///   - bytes: `count * dimensions` elements in C order, of any alignment.
  ///   - faulty: called for every vector that is zero, NaN or infinite, in order; what is written
  ///     for it means nothing.
  /// - Complexity: O(count * k * dimensions)
  public func assign(
    bytes: UnsafeRawBufferPointer, element: EmbeddingElement, count rowCount: Int,
    nearest: UnsafeMutablePointer<UInt32>, distances: UnsafeMutablePointer<Float>,
    scratch: AssignmentScratch, faulty: (Int, RowFault) -> Void
  ) {
    forBlocks(of: bytes, element: element, count: rowCount, scratch: scratch, faulty: faulty) {
      block, rows in
      assign(
        block, count: rows.count, nearest: nearest + rows.lowerBound,
        distances: distances + rows.lowerBound, scratch: scratch)
    }
  }

  /// Loads vectors from their bytes, few at a time, so that they are still in the cache when they
  /// pass the centroids.
  func forBlocks(
    of bytes: UnsafeRawBufferPointer, element: EmbeddingElement, count rowCount: Int,
    scratch: AssignmentScratch, faulty: (Int, RowFault) -> Void,
    _ body: (VectorBlock, Range<Int>) -> Void
  ) {
    let step = wk_screen_rows(vectors.stride)
    let block = scratch.block(capacity: step, dimensions: dimensions)
    for begin in stride(from: 0, to: rowCount, by: step) {
      let rows = begin..<min(begin + step, rowCount)
      block.load(
        UnsafeRawBufferPointer(rebasing: bytes[(begin * dimensions * element.stride)...]),
        element: element, count: rows.count, instructions: instructions
      ) { row, fault in faulty(begin + row, fault) }
      body(block, rows)
    }
  }

  /// The distance max(0, 1 - cosine) of a row to a centroid.
  func distance(of slot: Int, in rows: VectorBlock, to cluster: Int) -> Float {
    var dot: Float = 0
    wk_dots(
      instructions.code, rows.values + slot * rows.stride, 1,
      vectors.values + cluster * vectors.stride, 1, vectors.stride, &dot)
    let distance = 1 - Double(dot) / (rows.norms[slot] * vectors.norms[cluster])
    return Float(distance > 0 ? distance : 0)
  }

  /// Cosine of two centroids.
  public func cosine(_ one: Int, _ other: Int) -> Double {
    var dot: Float = 0
    wk_dots(
      instructions.code, vectors.values + one * vectors.stride, 1,
      vectors.values + other * vectors.stride, 1, vectors.stride, &dot)
    return Double(dot) / (vectors.norms[one] * vectors.norms[other])
  }

  /// d_inter: each centroid's mean distance to its `neighbours` nearest others (all the others
  /// when there are fewer; 0 when there are none).  The distances are added from the nearest on.
  ///
  /// - Complexity: O(k^2 * dimensions) time, O(k) memory a thread.
  public func meanDistanceToNeighbours(_ neighbours: Int, threads: Int) -> [Double] {
    let wanted = min(neighbours, count - 1)
    var means = [Double](repeating: 0, count: count)
    guard wanted > 0 else { return means }
    let block = 16
    means.withUnsafeMutableBufferPointer { output in
      // Sound: each task writes its own elements.
      nonisolated(unsafe) let output = output
      parallel(tasks: (count + block - 1) / block, threads: threads) { _, task in
        let clusters = task * block..<min((task + 1) * block, count)
        for (cluster, mean) in zip(clusters, meanDistances(of: clusters, toNearest: wanted)) {
          output[cluster] = mean
        }
      }
    }
    return means
  }

  /// The mean distances of some centroids to their `wanted` nearest others, in one pass over all.
  private func meanDistances(of clusters: Range<Int>, toNearest wanted: Int) -> [Double] {
    let chunk = 512
    var dots = [Float](repeating: 0, count: clusters.count * chunk)
    // Ascending distances of each centroid.
    var nearest = [[Double]](repeating: [], count: clusters.count)
    for start in stride(from: 0, to: count, by: chunk) {
      let width = min(chunk, count - start)
      wk_dots(
        instructions.code, vectors.values + clusters.lowerBound * vectors.stride, clusters.count,
        vectors.values + start * vectors.stride, width, vectors.stride, &dots)
      for (place, cluster) in clusters.enumerated() {
        for other in start..<start + width where other != cluster {
          let cosine =
            Double(dots[place * width + other - start])
            / (vectors.norms[cluster] * vectors.norms[other])
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
