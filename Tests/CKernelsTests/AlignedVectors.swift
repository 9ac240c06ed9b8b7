import CKernels

/// Vectors as the kernels take them: zero-padded to whole lanes, 64-byte aligned.
final class AlignedVectors {
  let count: Int
  let dimensions: Int
  let stride: Int
  let values: UnsafeMutablePointer<Float>

  init(_ vectors: [[Float]], dimensions: Int) {
    count = vectors.count
    self.dimensions = dimensions
    stride = (dimensions + 15) / 16 * 16
    let space = UnsafeMutableRawPointer.allocate(
      byteCount: max(64, count * stride * 4), alignment: 64)
    values = space.bindMemory(to: Float.self, capacity: max(16, count * stride))
    values.update(repeating: 0, count: count * stride)
    for (place, vector) in vectors.enumerated() {
      precondition(vector.count == dimensions)
      for (index, value) in vector.enumerated() { values[place * stride + index] = value }
    }
  }

  deinit { values.deallocate() }

  func vector(_ place: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: values + place * stride, count: dimensions))
  }

  func padding(_ place: Int) -> [Float] {
    (dimensions..<stride).map { values[place * stride + $0] }
  }
}

/// The instruction sets that this processor can run, the portable one always among them.
let instructionSets = [WK_PORTABLE, WK_AVX2, WK_AVX512, WK_AVX_VNNI, WK_AVX512_VNNI]
  .map { Int32($0.rawValue) }.filter { wk_has_instruction_set($0) != 0 }
