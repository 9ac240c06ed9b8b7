// Small .npy files of embeddings, written here and not by the program under test.

import TestSupport

/// `rows` directions of `width` float32 components that differ from each other; `changing` may
/// replace a component (row, column, value).
func embeddings(
  rows: Int, width: Int, changing: (Int, Int, Float) -> Float = { $2 }
) -> [UInt8] {
  var values: [Float] = []
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  for row in 0..<rows {
    for column in 0..<width {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      values.append(
        changing(row, column, Float(Int32(truncatingIfNeeded: state >> 33)) * 0x1p-31 + 0.1))
    }
  }
  return npyFile(rows: rows, dimensions: width, values: values)
}
