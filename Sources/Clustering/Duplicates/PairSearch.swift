// One group of rows against columns: the screen finds pairs, the canonical dot product decides
// them.  Columns are passed in their order and pairs of a row decided in it, so the first of
// equally near rows is found first, however the work is split.

import CKernels

/// One thread's work space.
final class PairSearch: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  let rows: PairRows
  private let instructions: InstructionSet
  private let stride: Int
  /// The rows themselves as columns.
  private let own: PairColumns
  /// Pairs as they are found, and those of a group with itself by row.
  private var found: [wk_pair]
  private var byRow: [wk_pair]
  private var starts: [Int] = []
  /// Columns' vectors whose dot products with one row are to be taken, and these.
  private var slots: [UInt32]
  private var products: [Float]
  /// Canonical dot products so far.
  private(set) var dots = 0

  /// Panels that are screened before what they gave is decided.
  private static let panelsAtOnce = 16
  /// Canonical dot products of one row at a time.
  private static let dotsAtOnce = 64

  init(stride: Int, instructions: InstructionSet) {
    self.stride = stride
    self.instructions = instructions
    rows = PairRows(stride: stride, instructions: instructions)
    own = PairColumns(capacity: rows.capacity, stride: stride, instructions: instructions)
    found = Array(
      repeating: wk_pair(), count: rows.capacity * max(own.capacity, 2 * own.width))
    byRow = Array(repeating: wk_pair(), count: rows.capacity * own.capacity)
    slots = Array(repeating: 0, count: Self.dotsAtOnce)
    products = Array(repeating: 0, count: Self.dotsAtOnce)
  }

  /// Takes rows of `vectors` and lets them look for what they do not know yet.
  func fill(
    _ vectors: VectorBlock, firstSlot: Int, firstPlace: Int, count: Int, _ screen: PairScreen?,
    _ known: NearestEarlier
  ) {
    rows.fill(vectors, firstSlot: firstSlot, firstPlace: firstPlace, count: count, screen)
    for row in 0..<count { seek(row, known) }
  }

  private func seek(_ row: Int, _ known: NearestEarlier) {
    if let cosine = known.wanted(rows.firstPlace + row) {
      rows.seek(row, cosine)
    } else {
      rows.rest(row)
    }
  }

  /// Compares the rows, which are in `vectors`, with columns from number `first` on, which are in
  /// `others`.
  func compare(
    _ vectors: VectorBlock, _ columns: PairColumns, from first: Int, in others: VectorBlock,
    _ screen: PairScreen?, _ known: NearestEarlier
  ) {
    // Columns of the first panel that were compared before change nothing.
    var panel = first / columns.width
    while panel < columns.panels {
      let end = min(columns.panels, panel + Self.panelsAtOnce)
      let count = pairs(columns, &panel, end, screen)
      decide(found, 0..<count, vectors, columns, others, known)
    }
  }

  /// Compares the rows with each other, in their order, and appends those that are to be columns.
  func compareWithin(
    _ vectors: VectorBlock, _ columns: PairColumns, _ screen: PairScreen?, _ known: NearestEarlier
  ) {
    own.removeAll()
    for row in 0..<rows.count where known.isColumn(rows.firstPlace + row) {
      own.append(row, of: rows, place: rows.firstPlace + row, screen)
    }
    var panel = 0
    let count = pairs(own, &panel, own.panels, screen)
    sortByRow(count)
    for row in 0..<rows.count where starts[row] < starts[row + 1] {
      // What an earlier row of the group has become is known by now.
      var next = starts[row]
      for pair in byRow[starts[row]..<starts[row + 1]]
      where known.isColumn(Int(own.places[Int(pair.column)])) {
        byRow[next] = pair
        next += 1
      }
      decide(byRow, starts[row]..<next, vectors, own, vectors, known)
    }
    for row in 0..<rows.count where known.isColumn(rows.firstPlace + row) {
      columns.append(row, of: rows, place: rows.firstPlace + row, screen)
    }
  }

  /// The pairs with earlier rows of the group, by row and then by column.
  private func sortByRow(_ count: Int) {
    starts.removeAll(keepingCapacity: true)
    starts.append(contentsOf: repeatElement(0, count: rows.count + 2))
    func isEarlier(_ pair: wk_pair) -> Bool {
      own.places[Int(pair.column)] < UInt32(rows.firstPlace) + pair.row
    }
    for pair in found[..<count] where isEarlier(pair) { starts[Int(pair.row) + 2] += 1 }
    for row in 0..<rows.count { starts[row + 2] += starts[row + 1] }
    for pair in found[..<count] where isEarlier(pair) {
      byRow[starts[Int(pair.row) + 1]] = pair
      starts[Int(pair.row) + 1] += 1
    }
  }

  /// Fills `found` with pairs of some panels.
  private func pairs(
    _ columns: PairColumns, _ panel: inout Int, _ end: Int, _ screen: PairScreen?
  ) -> Int {
    guard end > panel else { return 0 }
    if let screen {
      return screen.pairs(rows.narrow, columns.narrow, panel: &panel, end: end, into: &found)
    }
    // Without a screen every pair is decided.
    var count = 0
    while panel < end, found.count - count >= rows.capacity * columns.width {
      let some = panel * columns.width..<min(columns.count, (panel + 1) * columns.width)
      for row in 0..<rows.count where rows.threshold(row) < .infinity {
        for column in some {
          found[count] = wk_pair(row: UInt32(row), column: UInt32(column), bound: .infinity)
          count += 1
        }
      }
      panel += 1
    }
    return count
  }

  /// Decides some of the pairs; those of one row that follow each other at once.
  private func decide(
    _ pairs: [wk_pair], _ range: Range<Int>, _ vectors: VectorBlock, _ columns: PairColumns,
    _ others: VectorBlock, _ known: NearestEarlier
  ) {
    var places: [UInt32] = []
    var next = range.lowerBound
    while next < range.upperBound {
      let row = Int(pairs[next].row)
      let threshold = rows.threshold(row)
      places.removeAll(keepingCapacity: true)
      while next < range.upperBound, Int(pairs[next].row) == row, places.count < Self.dotsAtOnce {
        let column = Int(pairs[next].column)
        if pairs[next].bound >= threshold {
          slots[places.count] = columns.slots[column]
          places.append(columns.places[column])
        }
        next += 1
      }
      guard !places.isEmpty else { continue }
      dots += places.count
      let (slot, place) = (rows.firstSlot + row, rows.firstPlace + row)
      vectors.dots(slot, others, at: slots, count: places.count, into: &products, instructions)
      for each in places.indices {
        let norms = vectors.norms[slot] * others.norms[Int(slots[each])]
        known.offer(place, places[each], Double(products[each]) / norms)
      }
      seek(row, known)
    }
  }
}
