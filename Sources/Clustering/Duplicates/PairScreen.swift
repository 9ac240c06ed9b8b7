import CKernels
import Foundations

/// What the rows and columns of one search share (CKernels/pairs.c, docs/method.md).
final class PairScreen: @unchecked Sendable {
  // Sound: nothing changes after init, and what `screen` points to lives as long as this.
  private let screen: wk_pair_screen
  private let mean: OwnedBuffer<Float>

  /// - Parameter mean: `dimensions` components of a vector of length 1 at most; the nearer to the
  ///   rows' unit vectors, the tighter the bound.
  /// - Returns: nil where the instruction set has no screen for vectors of this width.
  init?(mean: [Float], stride: Int, instructions: InstructionSet) {
    guard wk_has_screen(instructions.code, stride) != 0 else { return nil }
    self.mean = OwnedBuffer(repeating: 0, count: stride)
    for (place, component) in mean.enumerated() { self.mean[place] = component }
    var screen = wk_pair_screen()
    screen.instruction_set = instructions.code
    screen.stride = stride
    screen.mean = UnsafePointer(self.mean.pointer)
    wk_pair_begin(&screen)
    self.screen = screen
  }

  func fill(_ vectors: VectorBlock, firstSlot: Int, count: Int, _ rows: wk_pair_rows) {
    var (own, rows) = (screen, rows)
    let slots = firstSlot..<firstSlot + count
    wk_pair_fill(
      &own, vectors.pointer(to: slots), vectors.norms.memory.pointer(to: slots), count, &rows)
  }

  func append(_ row: Int, of rows: wk_pair_rows, to columns: inout wk_pair_columns) {
    var (own, rows) = (screen, rows)
    wk_pair_append(&own, &rows, row, &columns)
  }

  /// See `wk_pairs`.
  func pairs(
    _ rows: wk_pair_rows, _ columns: wk_pair_columns, panel: inout Int, end: Int,
    into found: inout [wk_pair]
  ) -> Int {
    // Copies: several threads pass the same columns.
    var (own, rows, columns) = (screen, rows, columns)
    return wk_pairs(&own, &rows, &columns, &panel, end, &found, found.count)
  }
}
