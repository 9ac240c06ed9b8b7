// Rows in the form that the kernels take: float32, scaled by a power of two, zero-padded to whole
// lanes, 64-byte aligned, with their norms beside them.

import CKernels
import Foundations

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
public final class VectorBlock: Sendable {
  public let capacity: Int
  public let dimensions: Int
  /// Floats from one vector to the next: `dimensions` rounded up to a multiple of 16.
  public let stride: Int
  let values: SharedBuffer<Float>
  let norms: SharedBuffer<Double>
  /// Of the vectors that were loaded last.
  let faults: SharedBuffer<UInt8>

  /// - Complexity: O(capacity * dimensions) memory.
  public init(capacity: Int, dimensions: Int) {
    precondition(capacity >= 0 && dimensions > 0)
    self.capacity = capacity
    self.dimensions = dimensions
    stride = Self.stride(dimensions)
    values = SharedBuffer(uninitialized: capacity * stride)
    norms = SharedBuffer(uninitialized: capacity)
    faults = SharedBuffer(uninitialized: capacity)
  }

  /// A block of vectors as they are: not scaled.
  ///
  /// - Parameter components: `count * dimensions` numbers in C order.
  convenience init(
    copying components: [Float], count: Int, dimensions: Int, instructions: InstructionSet
  ) {
    precondition(components.count == count * dimensions)
    self.init(capacity: count, dimensions: dimensions)
    for slot in 0..<count {
      set(
        slot, components[slot * dimensions..<(slot + 1) * dimensions], instructions: instructions)
    }
  }

  static func stride(_ dimensions: Int) -> Int {
    let lanes = Int(WK_LANES)
    return (dimensions + lanes - 1) / lanes * lanes
  }

  /// The components of a vector as they are stored: scaled, not of unit length.
  public func vector(_ index: Int) -> [Float] {
    values.memory.elements(index * stride..<index * stride + dimensions)
  }

  /// The norm of a stored vector.
  public func norm(_ index: Int) -> Double { norms[index] }

  /// Copies a vector with its norm from another block.
  public func copy(_ source: Int, of other: VectorBlock, to slot: Int) {
    precondition(other.stride == stride)
    pointer(to: slot..<slot + 1).update(from: other.pointer(to: source..<source + 1), count: stride)
    norms[slot] = other.norms[source]
  }

  func set(_ slot: Int, _ components: some Collection<Float>, instructions: InstructionSet) {
    precondition(components.count == dimensions)
    values.memory.withMutableSpan(slot * stride..<(slot + 1) * stride) { target in
      for index in dimensions..<stride { target[index] = 0 }
      for (index, component) in components.enumerated() { target[index] = component }
    }
    measure(slot..<slot + 1, instructions)
  }

  /// Sets a vector from components in double precision, scaled to unit length.
  func setUnit(_ slot: Int, _ components: [Double], instructions: InstructionSet) {
    var square = 0.0
    for component in components { square += component * component }
    let length = square.squareRoot()
    set(slot, components.map { Float($0 / length) }, instructions: instructions)
  }
}
