// Rows in the form that the kernels take: float32, scaled by a power of two, zero-padded to whole
// lanes, 64-byte aligned, with their norms beside them.

import CKernels
import Storage

/// Why a row of an input cannot be used.
public enum RowFault: UInt8, Sendable {
  case zero = 1
  case notANumber = 2
  case infinite = 3

  public var text: String {
    switch self {
    case .zero: "all zeros"
    case .notANumber: "NaN"
    case .infinite: "infinite"
    }
  }
}

/// A fixed-capacity block of vectors ready for the kernels.
///
/// Not synchronised: while one thread writes rows, others may only touch other rows.
public final class VectorBlock: @unchecked Sendable {
  // Sound to share under the rule above: writers own disjoint rows.
  public let capacity: Int
  public let dimensions: Int
  /// Floats from one vector to the next: `dimensions` rounded up to a multiple of 16.
  public let stride: Int
  let values: UnsafeMutablePointer<Float>
  let norms: UnsafeMutablePointer<Double>
  private let faults: UnsafeMutablePointer<UInt8>

  /// - Complexity: O(capacity * dimensions) memory.
  public init(capacity: Int, dimensions: Int) {
    precondition(capacity >= 0 && dimensions > 0)
    self.capacity = capacity
    self.dimensions = dimensions
    let lanes = Int(WK_LANES)
    stride = (dimensions + lanes - 1) / lanes * lanes
    let space = UnsafeMutableRawPointer.allocate(
      byteCount: max(64, capacity * stride * MemoryLayout<Float>.stride), alignment: 64)
    values = space.bindMemory(to: Float.self, capacity: max(16, capacity * stride))
    norms = .allocate(capacity: max(1, capacity))
    faults = .allocate(capacity: max(1, capacity))
  }

  /// A block of vectors as they are: not scaled.
  ///
  /// - Parameter components: `count * dimensions` numbers in C order.
  convenience init(
    copying components: [Float], count: Int, dimensions: Int, instructions: InstructionSet
  ) {
    self.init(capacity: count, dimensions: dimensions)
    for slot in 0..<count {
      for index in 0..<stride {
        values[slot * stride + index] =
          index < dimensions ? components[slot * dimensions + index] : 0
      }
    }
    wk_norms(instructions.code, values, count, stride, norms)
  }

  deinit {
    values.deallocate()
    norms.deallocate()
    faults.deallocate()
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
    precondition(start >= 0 && count >= 0 && start + count <= capacity)
    precondition(bytes.count >= count * dimensions * element.stride)
    guard count > 0, let input = bytes.baseAddress else { return }
    let output = values + start * stride
    let found =
      switch element {
      case .float16:
        wk_load_float16(
          instructions.code, input, count, dimensions, output, stride, faults + start,
          norms + start)
      case .float32: wk_load_float32(input, count, dimensions, output, stride, faults + start)
      case .float64: wk_load_float64(input, count, dimensions, output, stride, faults + start)
      }
    if element != .float16 {
      wk_norms(instructions.code, output, count, stride, norms + start)
    }
    guard found > 0 else { return }
    for row in 0..<count {
      if let fault = RowFault(rawValue: faults[start + row]) { faulty(row, fault) }
    }
  }

  /// The components of a vector as they are stored: scaled, not of unit length.
  public func vector(_ index: Int) -> [Float] {
    precondition(index >= 0 && index < capacity)
    return Array(UnsafeBufferPointer(start: values + index * stride, count: dimensions))
  }

  /// The norm of a stored vector.
  public func norm(_ index: Int) -> Double {
    precondition(index >= 0 && index < capacity)
    return norms[index]
  }

  /// Copies a vector with its norm from another block.
  public func copy(_ source: Int, of other: VectorBlock, to slot: Int) {
    precondition(other.stride == stride && source < other.capacity && slot < capacity)
    (values + slot * stride).update(from: other.values + source * stride, count: stride)
    norms[slot] = other.norms[source]
  }

  /// Sets a vector from components in double precision, scaled to unit length.
  func setUnit(_ slot: Int, _ components: [Double], instructions: InstructionSet) {
    precondition(slot < capacity && components.count == dimensions)
    var square = 0.0
    for component in components { square += component * component }
    let length = square.squareRoot()
    let target = values + slot * stride
    for index in 0..<stride {
      target[index] = index < dimensions ? Float(components[index] / length) : 0
    }
    wk_norms(instructions.code, target, 1, stride, norms + slot)
  }
}
