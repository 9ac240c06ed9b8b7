// Nearest centroids by cosine: a screen rules out what cannot be nearest, the canonical dot product
// decides.
//
// Sound: rows are checked to lie in their blocks; whoever asks gives places for as many answers as
// rows.

import CKernels
import Storage

extension Centroids {
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
        distances: distances, scratch: scratch)
    }
  }

  /// The same by the canonical dot product of every row with every centroid: the slow twin, and
  /// the way where there is no screen.
  package func assignCanonically(
    _ rows: VectorBlock, start: Int = 0, count rowCount: Int,
    nearest: UnsafeMutablePointer<UInt32>, distances: UnsafeMutablePointer<Float>?,
    scratch: AssignmentScratch
  ) {
    precondition(start >= 0 && rowCount >= 0 && start + rowCount <= rows.capacity)
    let dots = scratch.space(Int(WK_NEAREST_SCRATCH) * MemoryLayout<Float>.stride)
    scratch.counts.rows += UInt64(rowCount)
    scratch.counts.contested += UInt64(count > 1 ? rowCount : 0)
    scratch.counts.dots += UInt64(rowCount * count)
    let slots = start..<start + rowCount
    wk_nearest(
      instructions.code, rows.pointer(to: slots), rows.norms.memory.pointer(to: slots), rowCount,
      vectors.values.memory.pointer, vectors.norms.memory.pointer, count, vectors.stride, nearest,
      distances, dots.assumingMemoryBound(to: Float.self))
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

  /// For each of `count` vectors the distance max(0, 1 - cosine) to the centroid that it belongs to,
  /// by the canonical dot product: the same as a search that finds this centroid gives.
  ///
  /// - Parameters:
  ///   - bytes: `count * dimensions` elements in C order, of any alignment.
  ///   - clusters: `count` numbers below the number of centroids.
  ///   - faulty: called for every vector that is zero, NaN or infinite, in order; what is written
  ///     for it means nothing.
  /// - Complexity: O(count * dimensions)
  public func distances(
    bytes: UnsafeRawBufferPointer, element: EmbeddingElement, count rowCount: Int,
    to clusters: UnsafePointer<UInt32>, distances: UnsafeMutablePointer<Float>,
    scratch: AssignmentScratch, faulty: (Int, RowFault) -> Void
  ) {
    forBlocks(of: bytes, element: element, count: rowCount, scratch: scratch, faulty: faulty) {
      block, rows in
      for (slot, row) in rows.enumerated() {
        let cluster = Int(clusters[row])
        precondition(cluster < count)
        distances[row] = distance(of: slot, in: block, to: cluster)
      }
    }
  }
}
