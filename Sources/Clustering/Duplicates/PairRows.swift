// A group of rows on its way past the columns: their narrow form, and what each still looks for.

import CKernels

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
  private let memory: UnsafeMutableRawPointer
  private let threshold: UnsafeMutablePointer<Float>

  /// Rows whose narrow form, together with a panel, stays in the second-level cache.
  static func capacity(stride: Int) -> Int {
    let tile = Int(WK_PAIR_TILE_ROWS)
    return max(tile, min(192, (1 << 18) / stride / tile * tile))
  }

  init(stride: Int, instructions: InstructionSet) {
    capacity = Self.capacity(stride: stride)
    let values = capacity * stride * wk_pair_element(instructions.code)
    let bytes = (values + 63) / 64 * 64 + 6 * 4 * capacity
    memory = .allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    let numbers = memory + (values + 63) / 64 * 64
    let lane = 4 * capacity
    func floats(_ number: Int) -> UnsafeMutablePointer<Float> {
      (numbers + number * lane).assumingMemoryBound(to: Float.self)
    }
    threshold = floats(0)
    narrow.capacity = capacity
    narrow.values = memory
    narrow.threshold = threshold
    narrow.scale = floats(1)
    narrow.bias = floats(2)
    narrow.length = floats(3)
    narrow.residual = floats(4)
    narrow.start = (numbers + 5 * lane).assumingMemoryBound(to: Int32.self)
  }

  deinit { memory.deallocate() }

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
