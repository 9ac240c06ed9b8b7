// Small .npy files, right and wrong ones, written here and not by the program under test.

/// The bytes of a version 1 `.npy` file.
func npyBytes(
  type: String = "<f4", fortranOrder: Bool = false, shape: [Int], data: [UInt8]
) -> [UInt8] {
  let shape = "(" + shape.map { "\($0), " }.joined() + ")"
  let order = fortranOrder ? "True" : "False"
  var header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
  while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
  header += "\n"
  let count = header.utf8.count
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 255), UInt8(count >> 8)]
    + Array(header.utf8) + data
}

/// `rows` directions of `width` float32 components that differ from each other; `changing` may
/// replace a component (row, column, value).
func embeddings(
  rows: Int, width: Int, changing: (Int, Int, Float) -> Float = { $2 }
) -> [UInt8] {
  var data: [UInt8] = []
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  for row in 0..<rows {
    for column in 0..<width {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = changing(
        row, column, Float(Int32(truncatingIfNeeded: state >> 33)) * 0x1p-31 + 0.1)
      withUnsafeBytes(of: value) { data += $0 }
    }
  }
  return npyBytes(shape: [rows, width], data: data)
}
