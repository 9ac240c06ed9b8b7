// What the kernels do with the rows of blocks.
//
// Sound: every call names whole vectors of its blocks, whose ranges are checked here; the vectors lie
// `stride` floats apart, padded and aligned as the kernels want them.

import CKernels
import Storage

extension VectorBlock {
  /// The first of some vectors.
  func pointer(to slots: Range<Int>) -> UnsafeMutablePointer<Float> {
    values.memory.pointer(to: slots.lowerBound * stride..<slots.upperBound * stride)
  }

  /// Takes `count` vectors from their bytes on disk.
  ///
  /// - Parameters:
  ///   - bytes: `count * dimensions` elements in C order, of any alignment.
  ///   - start: the slot of the first vector.
  ///   - faulty: called for every vector that is zero, NaN or infinite, in order, with its number
  ///     in `bytes`; its slot is then all zeros.
  /// - Complexity: O(count * dimensions)
  public func load(
    _ bytes: UnsafeRawBufferPointer, element: EmbeddingElement, count: Int, at start: Int = 0,
    instructions: InstructionSet, faulty: (Int, RowFault) -> Void
  ) {
    precondition(count >= 0 && bytes.count >= count * dimensions * element.stride)
    let slots = start..<start + count
    let kind =
      switch element {
      case .float16: WK_FLOAT16
      case .float32: WK_FLOAT32
      case .float64: WK_FLOAT64
      }
    let found = wk_load(
      instructions.code, kind, bytes.baseAddress, count, dimensions, pointer(to: slots), stride,
      faults.memory.pointer(to: slots), norms.memory.pointer(to: slots))
    guard found > 0 else { return }
    for row in 0..<count {
      if let fault = RowFault(rawValue: faults[start + row]) { faulty(row, fault) }
    }
  }

  func measure(_ slots: Range<Int>, _ instructions: InstructionSet) {
    wk_norms(
      instructions.code, pointer(to: slots), slots.count, stride, norms.memory.pointer(to: slots))
  }

  /// The cosine of a vector with one of another block, by the canonical dot product.
  func cosine(
    _ slot: Int, _ block: VectorBlock, _ other: Int, _ instructions: InstructionSet
  ) -> Double {
    precondition(block.stride == stride)
    var dot: Float = 0
    wk_dots(
      instructions.code, pointer(to: slot..<slot + 1), 1, block.pointer(to: other..<other + 1), 1,
      stride, &dot)
    return Double(dot) / (norms[slot] * block.norms[other])
  }

  /// The dot products of some vectors with some of another block, `others.count` for each.
  func dots(
    _ slots: Range<Int>, _ block: VectorBlock, _ others: Range<Int>, into output: inout [Float],
    _ instructions: InstructionSet
  ) {
    precondition(block.stride == stride && output.count >= slots.count * others.count)
    wk_dots(
      instructions.code, pointer(to: slots), slots.count, block.pointer(to: others), others.count,
      stride, &output)
  }

  /// The dot products of a vector with the first `count` of `others`, which are slots of a block.
  func dots(
    _ slot: Int, _ block: VectorBlock, at others: [UInt32], count: Int,
    into output: inout [Float], _ instructions: InstructionSet
  ) {
    precondition(block.stride == stride && output.count >= count)
    precondition(others[..<count].allSatisfy { $0 < block.capacity })
    wk_dots_with(
      instructions.code, pointer(to: slot..<slot + 1), block.pointer(to: 0..<block.capacity),
      others,
      count, stride, &output)
  }

  func addUnit(
    _ slot: Int, sign: Int64, to sum: inout MutableSpan<Int64>, _ instructions: InstructionSet
  ) {
    precondition(sum.count == dimensions)
    let (vector, norm) = (pointer(to: slot..<slot + 1), norms[slot])
    sum.withUnsafeMutableBufferPointer {
      wk_add_unit(instructions.code, vector, dimensions, norm, sign, $0.baseAddress)
    }
  }
}
