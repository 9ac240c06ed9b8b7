// A group of rows on its way past the columns: their narrow form, and what each still looks for.

import CKernels
import Foundations

/// Rows that are screened together; one thread has it at a time.
final class PairRows {
  let capacity: Int
  private(set) var count = 0
  /// The place of the first row in the order.
  private(set) var firstPlace = 0
  /// The slot of the first row in its vectors.
  private(set) var firstSlot = 0
  /// What the screen reads; without one only `threshold` is there.
  private(set) var narrow = wk_pair_rows()
  // Sound: what `narrow` points to lives as long as this.
  private let values: OwnedBuffer<UInt8>
  private let start: OwnedBuffer<Int32>
  /// Scale, bias, length and residual.
  private let numbers: OwnedBuffer<Float>
  private let threshold: OwnedBuffer<Float>

  /// Rows whose narrow form, together with a panel, stays in the second-level cache.
  static func capacity(stride: Int) -> Int {
    let tile = Int(WK_PAIR_TILE_ROWS)
    return max(tile, min(192, (1 << 18) / stride / tile * tile))
  }

  init(stride: Int, instructions: InstructionSet) {
    capacity = Self.capacity(stride: stride)
    values = OwnedBuffer(
      repeating: 0, count: capacity * stride * wk_screen_element(instructions.code))
    start = OwnedBuffer(repeating: 0, count: capacity)
    numbers = OwnedBuffer(repeating: 0, count: 4 * capacity)
    threshold = OwnedBuffer(repeating: 0, count: capacity)
    narrow.capacity = capacity
    narrow.values = UnsafeMutableRawPointer(values.pointer)
    narrow.start = start.pointer
    narrow.scale = numbers.pointer
    narrow.bias = numbers.pointer + capacity
    narrow.length = numbers.pointer + 2 * capacity
    narrow.residual = numbers.pointer + 3 * capacity
    narrow.threshold = threshold.pointer
  }

  /// Takes `count` rows, `firstSlot` and on of `vectors`.
  func fill(
    _ vectors: VectorBlock, firstSlot: Int, firstPlace: Int, count: Int, _ screen: PairScreen?
  ) {
    precondition(count <= capacity && firstSlot + count <= vectors.capacity)
    (self.count, self.firstSlot, self.firstPlace) = (count, firstSlot, firstPlace)
    screen?.fill(vectors, firstSlot: firstSlot, count: count, narrow)
    for row in count..<capacity { threshold[row] = .infinity }
  }

  /// From which cosine on a row's pairs are looked at; infinite: it looks for none.
  func threshold(_ row: Int) -> Float { threshold[row] }

  /// Sets what a row looks for: cosines of at least this much.
  func seek(_ row: Int, _ cosine: Double) {
    // What the comparison's own rounding may take away, several times over.
    threshold[row] = Float(cosine) - 2e-6
  }

  func rest(_ row: Int) { threshold[row] = .infinity }
}
