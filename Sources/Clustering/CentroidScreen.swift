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
