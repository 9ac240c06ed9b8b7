// Rows of 8-bit numbers against their definition, on every instruction set.

import CKernels
import TestSupport
import Testing

struct ByteTests {
  @Test(arguments: Array(1...70) + [127, 128, 129, 300, 768, 1031])
  func narrowedRowsHaveExactDotProducts(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions) + 31)
    let rows = (0..<7).map { _ in random.components(dimensions) }
    let narrow = Narrow(rows, dimensions)
    let slow = rows.map { SlowVector($0).narrowed }
    #expect(narrow.rows == slow)
    for set in instructionSets {
      for count in 1...rows.count {
        let expected = slow.flatMap { row in
          slow.prefix(count).map { zip(row, $0).reduce(Int64(0)) { $0 + Int64($1.0 * $1.1) } }
        }
        #expect(narrow.dots(set, count) == expected, "set \(set), \(count) vectors")
      }
    }
  }

  /// The largest products of one sign fill a sum of 32 bits after 65,536 components.
  @Test func longRowsOfExtremes() {
    let dimensions = 70_001
    let rows: [[Float]] = [1, -1].map { [Float](repeating: $0, count: dimensions) }
    let narrow = Narrow(rows, dimensions)
    let dot = Int64(dimensions) * 127 * 127
    for set in instructionSets { #expect(narrow.dots(set, 2) == [dot, -dot, -dot, dot]) }
  }

  @Test func zerosStayZeros() {
    let narrow = Narrow([[0, 0, 0], [0, -2, 0]], 3)
    #expect(narrow.rows == [[0, 0, 0], [0, -127, 0]])
  }
}

/// Some rows, narrowed.
private struct Narrow {
  let rows: [[Int]]
  private let bytes: [Int8]
  private let dimensions: Int

  init(_ rows: [[Float]], _ dimensions: Int) {
    let block = AlignedVectors(rows, dimensions: dimensions)
    let stride = wk_byte_stride(dimensions)
    // What was there before must not matter.
    var bytes = [Int8](repeating: 77, count: rows.count * stride)
    wk_narrow(block.values, rows.count, dimensions, block.stride, &bytes)
    self.rows = rows.indices.map { row in
      bytes[row * stride..<row * stride + dimensions].map(Int.init)
    }
    self.bytes = bytes
    self.dimensions = dimensions
  }

  /// Of all rows with the first `count`.
  func dots(_ set: Int32, _ count: Int) -> [Int64] {
    var dots = [Int64](repeating: -1, count: rows.count * count)
    wk_byte_dots(set, bytes, rows.count, bytes, count, dimensions, &dots)
    return dots
  }
}
