import CKernels

/// What the rows and columns of one search share (CKernels/pairs.c, docs/method.md).
final class PairScreen: @unchecked Sendable {
  // Sound: nothing changes after init.
  private let screen: wk_pair_screen
  private let mean: UnsafeMutablePointer<Float>

  /// - Parameter mean: `dimensions` components of a vector of length 1 at most; the nearer to the
  ///   rows' unit vectors, the tighter the bound.
  /// - Returns: nil where the instruction set has no screen for vectors of this width.
  init?(mean: [Float], stride: Int, instructions: InstructionSet) {
    guard wk_has_pairs(instructions.code, stride) != 0 else { return nil }
    let space = UnsafeMutableRawPointer.allocate(byteCount: stride * 4, alignment: 64)
    self.mean = space.bindMemory(to: Float.self, capacity: stride)
    self.mean.initialize(repeating: 0, count: stride)
    for (place, component) in mean.enumerated() { self.mean[place] = component }
    var screen = wk_pair_screen()
    screen.instruction_set = instructions.code
    screen.stride = stride
    screen.mean = UnsafePointer(self.mean)
    wk_pair_begin(&screen)
    self.screen = screen
  }

  deinit { mean.deallocate() }

  func fill(_ vectors: VectorBlock, firstSlot: Int, count: Int, _ rows: wk_pair_rows) {
    var (own, rows) = (screen, rows)
    wk_pair_fill(
      &own, vectors.values + firstSlot * vectors.stride, vectors.norms + firstSlot, count, &rows)
  }

  func append(_ row: Int, of rows: wk_pair_rows, to columns: inout wk_pair_columns) {
    var (own, rows) = (screen, rows)
    wk_pair_append(&own, &rows, row, &columns)
  }

  /// See `wk_pairs`.
  func pairs(
    _ rows: wk_pair_rows, _ columns: wk_pair_columns, panel: inout Int, end: Int,
    into found: UnsafeMutableBufferPointer<wk_pair>
  ) -> Int {
    // Copies: several threads pass the same columns.
    var (own, rows, columns) = (screen, rows, columns)
    return wk_pairs(&own, &rows, &columns, &panel, end, found.baseAddress!, found.count)
  }
}
