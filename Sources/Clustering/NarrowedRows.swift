// Rows in the narrow form that a screen multiplies, kept from one round of k-means to the next.
//
// A round reads every row that may change its cluster.  What it reads decides its time as much as
// what it computes, and a narrowed row has a quarter of the bytes.

import CKernels
import Foundations

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
