// Rows in the narrow form that a screen multiplies, kept from one round of k-means to the next.
//
// A round reads every row that may change its cluster.  What it reads decides its time as much as
// what it computes, and a narrowed row has a quarter of the bytes.

import CKernels
import Foundations

/// The rows of a block as 8-bit numbers around a mean, for every screen of the same mean.
final class NarrowedRows: @unchecked Sendable {
  // Sound: nothing changes after init.

  let screen: CentroidScreen
  private let rows: VectorBlock
  private let values: UnsafeMutablePointer<Int8>
  private let start: UnsafeMutablePointer<Int32>
  private let numbers: UnsafeMutablePointer<Float>
  private let places: Int

  /// - Returns: nil where the screen multiplies floats.
  /// - Complexity: O(rows * dimensions) time; a byte for each component and 16 for each row.
  init?(_ rows: VectorBlock, for screen: CentroidScreen, threads: Int) {
    guard screen.narrows else { return nil }
    self.screen = screen
    self.rows = rows
    let places = wk_narrowed_rows(rows.capacity)
    self.places = places
    values = .allocate(capacity: places * rows.stride)
    start = .allocate(capacity: places)
    numbers = .allocate(capacity: 3 * places)
    // What is behind the last row is multiplied in vain.
    let behind = rows.capacity * rows.stride
    (values + behind).update(repeating: 0, count: places * rows.stride - behind)
    let part = 1024
    parallel(tasks: (rows.capacity + part - 1) / part, threads: threads) { _, task in
      screen.narrow(
        rows, task * part..<min((task + 1) * part, rows.capacity), into: place(of: 0))
    }
  }

  deinit {
    values.deallocate()
    start.deallocate()
    numbers.deallocate()
  }

  /// The narrow form of a row and those after it.
  func place(of row: Int) -> wk_narrowed {
    wk_narrowed(
      values: values + row * rows.stride, start: start + row, factor: numbers + row,
      length: numbers + places + row, residual: numbers + 2 * places + row)
  }

  /// Whether these are the rows of a block, in a form that a screen can use.
  func serves(_ block: VectorBlock, _ other: CentroidScreen) -> Bool {
    rows === block && screen.hasMean(of: other)
  }
}
