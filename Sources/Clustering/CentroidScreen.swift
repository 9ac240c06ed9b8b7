// Centroids in the narrow form that rules most of them out (CKernels/screen.c, docs/method.md).

import CKernels
import Synchronization

/// The screen of some centroids; any thread may use it.
final class CentroidScreen: @unchecked Sendable {
  // Sound: nothing changes after init.
  private let screen: wk_screen
  private let memory: UnsafeMutableRawPointer
  /// Bytes of work space for a search.
  let scratchBytes: Int

  /// - Returns: nil where the instruction set has no screen for vectors of this width.
  /// - Complexity: O(count * dimensions) time; a byte or four of memory for each component.
  init?(_ vectors: VectorBlock, instructions: InstructionSet, threads: Int) {
    let (code, count, stride) = (instructions.code, vectors.capacity, vectors.stride)
    guard wk_has_screen(code, stride) != 0 else { return nil }
    let padded = wk_screen_centroids(code, count)
    func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
    let panelBytes = aligned(padded * stride * wk_screen_element(code))
    let floatBytes = aligned(padded * MemoryLayout<Float>.stride)
    let bytes = panelBytes + 2 * floatBytes + stride * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    func floats(at offset: Int) -> UnsafeMutablePointer<Float> {
      (memory + offset).assumingMemoryBound(to: Float.self)
    }
    var screen = wk_screen()
    screen.instruction_set = code
    screen.count = count
    screen.stride = stride
    screen.panels = memory
    screen.scale = floats(at: panelBytes)
    screen.bias = floats(at: panelBytes + floatBytes)
    screen.mean = floats(at: panelBytes + 2 * floatBytes)
    wk_screen_begin(&screen, vectors.values, vectors.norms)
    let part = 512
    let bounds = Mutex((radius: Float(0), residual: Float(0)))
    // Sound: each task fills the places of its own centroids.
    nonisolated(unsafe) let shared = screen
    parallel(tasks: (count + part - 1) / part, threads: threads) { _, task in
      var (own, radius, residual) = (shared, Float(0), Float(0))
      wk_screen_fill(
        &own, vectors.values, vectors.norms, task * part, min((task + 1) * part, count), &radius,
        &residual)
      let found = (radius, residual)
      bounds.withLock {
        $0.radius = max($0.radius, found.0)
        $0.residual = max($0.residual, found.1)
      }
    }
    (screen.radius, screen.residual) = bounds.withLock { ($0.radius, $0.residual) }
    scratchBytes = wk_screen_scratch(&screen)
    self.memory = memory
    self.screen = screen
  }

  deinit { memory.deallocate() }

  /// Nearest centroids of `count` rows; see `wk_screened_nearest`.
  func search(
    _ rows: VectorBlock, start: Int, count: Int, among vectors: VectorBlock,
    nearest: UnsafeMutablePointer<UInt32>, distances: UnsafeMutablePointer<Float>?,
    margins: UnsafeMutablePointer<Float>?, scratch: AssignmentScratch
  ) {
    var own = screen
    wk_screened_nearest(
      &own, rows.values + start * rows.stride, rows.norms + start, count, vectors.values,
      vectors.norms, nearest, distances, margins, scratch.space(scratchBytes), &scratch.counts)
  }
}
