// Centroids in the narrow form that rules most of them out (CKernels/screen.c, docs/method.md).

import CKernels
import Foundations
import Synchronization

/// The screen of some centroids; any thread may use it.
final class CentroidScreen: @unchecked Sendable {
  // Sound: nothing changes after init, and what `screen` points to lives as long as this.
  private let screen: wk_screen
  private let panels: SharedBuffer<UInt8>
  private let scale: SharedBuffer<Float>
  private let bias: SharedBuffer<Float>
  private let mean: SharedBuffer<Float>
  /// The screen whose mean this one has; nil when it has one of its own.
  private let original: CentroidScreen?
  /// Bytes of work space for a search.
  let scratchBytes: Int

  /// - Parameter original: a screen of vectors of this width whose mean is to be taken, so that rows
  ///   narrowed for the one can be used by the other; nil for the middle of the vectors.
  /// - Returns: nil where the instruction set has no screen for vectors of this width.
  /// - Complexity: O(count * dimensions) time; a byte or four of memory for each component.
  init?(
    _ vectors: VectorBlock, instructions: InstructionSet, threads: Int,
    meanOf original: CentroidScreen? = nil
  ) {
    let (code, count, stride) = (instructions.code, vectors.capacity, vectors.stride)
    guard wk_has_screen(code, stride) != 0 else { return nil }
    let padded = wk_screen_centroids(code, count)
    panels = SharedBuffer(repeating: 0, count: padded * stride * wk_screen_element(code))
    scale = SharedBuffer(repeating: 0, count: padded)
    bias = SharedBuffer(repeating: 0, count: padded)
    mean = SharedBuffer(repeating: 0, count: stride)
    var screen = wk_screen()
    screen.instruction_set = code
    screen.count = count
    screen.stride = stride
    screen.panels = UnsafeMutableRawPointer(panels.memory.pointer)
    screen.scale = scale.memory.pointer
    screen.bias = bias.memory.pointer
    screen.mean = mean.memory.pointer
    let (values, norms) = (vectors.values.memory.pointer, vectors.norms.memory.pointer)
    wk_screen_begin(&screen, values, norms, original?.screen.mean)
    self.original = original.map { $0.original ?? $0 }
    let part = 512
    let bounds = Mutex((radius: Float(0), residual: Float(0)))
    // Sound: each task fills the places of its own centroids.
    nonisolated(unsafe) let (shared, rows, lengths) = (screen, values, norms)
    parallel(tasks: (count + part - 1) / part, threads: threads) { _, task in
      var (own, radius, residual) = (shared, Float(0), Float(0))
      wk_screen_fill(
        &own, rows, lengths, task * part, min((task + 1) * part, count), &radius, &residual)
      let found = (radius, residual)
      bounds.withLock {
        $0.radius = max($0.radius, found.0)
        $0.residual = max($0.residual, found.1)
      }
    }
    (screen.radius, screen.residual) = bounds.withLock { ($0.radius, $0.residual) }
    scratchBytes = wk_screen_scratch(&screen)
    self.screen = screen
  }

  /// Whether rows are multiplied as 8-bit numbers.
  var narrows: Bool { screen.integers != 0 }

  func hasMean(of other: CentroidScreen) -> Bool {
    (original ?? self) === (other.original ?? other)
  }

  /// Narrows some rows of a block; `output` is the place of its first row.
  func narrow(_ rows: VectorBlock, _ range: Range<Int>, into output: wk_narrowed) {
    var (own, output) = (screen, output)
    precondition(range.upperBound <= rows.capacity)
    wk_narrow_rows(
      &own, rows.values.memory.pointer, rows.norms.memory.pointer, range.lowerBound,
      range.upperBound, &output)
  }

  /// Nearest centroids of some rows, of which there are places for `rows.count`; see
  /// `wk_screened_nearest`.
  func search(
    _ rows: BlockRows, narrowed: NarrowedRows?, among vectors: VectorBlock,
    nearest: UnsafeMutablePointer<UInt32>, distances: UnsafeMutablePointer<Float>?,
    margins: UnsafeMutablePointer<Float>?, scratch: AssignmentScratch
  ) {
    var own = screen
    let slots = rows.start..<rows.block.capacity
    let values = rows.block.pointer(to: slots)
    let norms = rows.block.norms.memory.pointer(to: slots)
    func search(_ narrowed: UnsafePointer<wk_narrowed>?, _ places: UnsafePointer<Int>?) {
      wk_screened_nearest(
        &own, values, norms, narrowed, places, rows.count, vectors.values.memory.pointer,
        vectors.norms.memory.pointer, nearest, distances, margins, scratch.space(scratchBytes),
        &scratch.counts)
    }
    if let narrowed, narrowed.serves(rows.block, self) {
      var first = narrowed.place(of: rows.start)
      search(&first, rows.places)
    } else {
      search(nil, rows.places)
    }
  }
}

// Rows in the narrow form that a screen multiplies, kept from one round of k-means to the next.
//
// A round reads every row that may change its cluster.  What it reads decides its time as much as
// what it computes, and a narrowed row has a quarter of the bytes.

/// The rows of a block as 8-bit numbers around a mean, for every screen of the same mean.
final class NarrowedRows: Sendable {
  let screen: CentroidScreen
  private let rows: VectorBlock
  private let values: SharedBuffer<Int8>
  private let start: SharedBuffer<Int32>
  private let factor: SharedBuffer<Float>
  private let length: SharedBuffer<Float>
  private let residual: SharedBuffer<Float>

  /// - Returns: nil where the screen multiplies floats.
  /// - Complexity: O(rows * dimensions) time; a byte for each component and 16 for each row.
  init?(_ rows: VectorBlock, for screen: CentroidScreen, threads: Int) {
    guard screen.narrows else { return nil }
    self.screen = screen
    self.rows = rows
    let places = wk_narrowed_rows(rows.capacity)
    values = SharedBuffer(uninitialized: places * rows.stride)
    start = SharedBuffer(uninitialized: places)
    factor = SharedBuffer(uninitialized: places)
    length = SharedBuffer(uninitialized: places)
    residual = SharedBuffer(uninitialized: places)
    // What is behind the last row is multiplied in vain.
    for index in rows.capacity * rows.stride..<values.count { values[index] = 0 }
    let part = 1024
    parallel(tasks: (rows.capacity + part - 1) / part, threads: threads) { _, task in
      screen.narrow(
        rows, task * part..<min((task + 1) * part, rows.capacity), into: place(of: 0))
    }
  }

  /// The narrow form of a row and those after it.
  func place(of row: Int) -> wk_narrowed {
    // Sound: the pointers live as long as this; kernels read so many rows as `rows` has after `row`.
    wk_narrowed(
      values: values.memory.pointer(to: row * rows.stride..<values.count),
      start: start.memory.pointer(to: row..<start.count),
      factor: factor.memory.pointer(to: row..<start.count),
      length: length.memory.pointer(to: row..<start.count),
      residual: residual.memory.pointer(to: row..<start.count))
  }

  /// Whether these are the rows of a block, in a form that a screen can use.
  func serves(_ block: VectorBlock, _ other: CentroidScreen) -> Bool {
    rows === block && screen.hasMean(of: other)
  }
}

/// Work space of one thread for assignments, and what they needed so far.
public final class AssignmentScratch: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  var counts = wk_search_counts()
  private var memory = OwnedBuffer<UInt8>(uninitialized: 0)
  private var vectors: VectorBlock?

  public init() {}

  /// Rows that were assigned.
  public var rows: Int { Int(counts.rows) }
  /// Rows for which the screen left more than one centroid.
  public var contestedRows: Int { Int(counts.contested) }
  /// Canonical dot products.
  public var canonicalDots: Int { Int(counts.dots) }

  /// At least this many bytes; what was in them is gone.
  func space(_ wanted: Int) -> UnsafeMutableRawPointer {
    if memory.count < wanted { memory = OwnedBuffer(repeating: 0, count: wanted) }
    return UnsafeMutableRawPointer(memory.pointer)
  }

  /// A block of at least this many vectors.
  func block(capacity: Int, dimensions: Int) -> VectorBlock {
    if let vectors, vectors.capacity >= capacity, vectors.dimensions == dimensions {
      return vectors
    }
    let made = VectorBlock(capacity: capacity, dimensions: dimensions)
    vectors = made
    return made
  }
}
