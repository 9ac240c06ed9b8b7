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

/// Columns of pairs in narrow form, and where their vectors are.
///
/// Not synchronised: any thread may read while none appends.
final class PairColumns: @unchecked Sendable {
  // Sound to share under the rule above; what `narrow` points to lives as long as this.
  let capacity: Int
  /// Columns of a panel.
  let width: Int
  private(set) var slots: [UInt32] = []
  private(set) var places: [UInt32] = []
  var narrow = wk_pair_columns()
  private let panelValues: OwnedBuffer<UInt8>
  /// Scale, bias, radius and residual.
  private let numbers: OwnedBuffer<Float>

  var count: Int { slots.count }
  var panels: Int { (count + width - 1) / width }

  /// - Complexity: one or four bytes a component; they are touched when columns come.
  init(capacity wanted: Int, stride: Int, instructions: InstructionSet) {
    width = wk_pair_panel(instructions.code)
    capacity = (wanted + width - 1) / width * width
    let hasScreen = wk_has_screen(instructions.code, stride) != 0
    let values = hasScreen ? capacity * stride * wk_screen_element(instructions.code) : 0
    panelValues = OwnedBuffer(uninitialized: values)
    numbers = OwnedBuffer(uninitialized: 4 * capacity)
    narrow.capacity = capacity
    narrow.panels = UnsafeMutableRawPointer(panelValues.pointer)
    narrow.scale = numbers.pointer
    narrow.bias = numbers.pointer + capacity
    narrow.radius = numbers.pointer + 2 * capacity
    narrow.residual = numbers.pointer + 3 * capacity
  }

  func removeAll() {
    slots.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    narrow.count = 0
  }

  /// Appends a row of a group.
  func append(_ row: Int, of rows: PairRows, place: Int, _ screen: PairScreen?) {
    precondition(count < capacity)
    slots.append(UInt32(rows.firstSlot + row))
    places.append(UInt32(place))
    screen?.append(row, of: rows.narrow, to: &narrow)
  }
}

/// What the rows and columns of one search share (CKernels/pairs.c, docs/method.md).
final class PairScreen: @unchecked Sendable {
  // Sound: nothing changes after init, and what `screen` points to lives as long as this.
  private let screen: wk_pair_screen
  private let mean: OwnedBuffer<Float>

  /// - Parameter mean: `dimensions` components of a vector of length 1 at most; the nearer to the
  ///   rows' unit vectors, the tighter the bound.
  /// - Returns: nil where the instruction set has no screen for vectors of this width.
  init?(mean: [Float], stride: Int, instructions: InstructionSet) {
    guard wk_has_screen(instructions.code, stride) != 0 else { return nil }
    self.mean = OwnedBuffer(repeating: 0, count: stride)
    for (place, component) in mean.enumerated() { self.mean[place] = component }
    var screen = wk_pair_screen()
    screen.instruction_set = instructions.code
    screen.stride = stride
    screen.mean = UnsafePointer(self.mean.pointer)
    wk_pair_begin(&screen)
    self.screen = screen
  }

  func fill(_ vectors: VectorBlock, firstSlot: Int, count: Int, _ rows: wk_pair_rows) {
    var (own, rows) = (screen, rows)
    let slots = firstSlot..<firstSlot + count
    wk_pair_fill(
      &own, vectors.pointer(to: slots), vectors.norms.memory.pointer(to: slots), count, &rows)
  }

  func append(_ row: Int, of rows: wk_pair_rows, to columns: inout wk_pair_columns) {
    var (own, rows) = (screen, rows)
    wk_pair_append(&own, &rows, row, &columns)
  }

  /// See `wk_pairs`.
  func pairs(
    _ rows: wk_pair_rows, _ columns: wk_pair_columns, panel: inout Int, end: Int,
    into found: inout [wk_pair]
  ) -> Int {
    // Copies: several threads pass the same columns.
    var (own, rows, columns) = (screen, rows, columns)
    return wk_pairs(&own, &rows, &columns, &panel, end, &found, found.count)
  }
}
