// The whole-number solution. Handing out one row at a time to the concept whose cost grows least
// is optimal (the cost is convex and separable; Ibaraki and Katoh, "Resource allocation problems",
// 1988), and row number x + 1 of concept j costs by its key Double(x) - w_j. So the answer is: all
// rows with a key below some threshold, and at the threshold the lowest cluster numbers.
//
// Keys are compared as the Doubles that they are, so the answer equals the hand-out's to the last
// tie. The real shift s only says where to look: x_j is about w_j + s, so the threshold is between
// s - 1 and s. Rows with keys below the lower end are counted exactly (sums of Int); if they are
// too many, or the rest too few, floating error has moved s, and bisection by such counts finds the
// window. Within it each concept offers one row, and of those the smallest keys are taken.

import Foundations

extension QuotaSolver {
  /// The whole-number solution of a feasible programme; `shift` solves it over the reals, or
  /// nearly so.
  ///
  /// - Complexity: O(k), and O(k log d) when `shift` is off by d.
  static func wholeNumbers(_ programme: Programme, near shift: Double) -> [Int] {
    if programme.target == programme.feasible.upperBound { return programme.upper }
    let target = programme.target
    // The rows below `low` are no more than the target; those below `high` are more.
    var low = shift - 1
    var high = Double.infinity
    var below = rowsBelow(low, programme)
    var step = 1.0
    while below.sum > target {
      high = low
      low -= step
      step *= 2
      below = rowsBelow(low, programme)
    }
    if handOut(target - below.sum, to: &below.rows, low..<min(high, low + 1), programme) {
      return below.rows
    }
    step = 1
    while high == .infinity {
      let next = rowsBelow(low + step, programme)
      if next.sum > target {
        high = low + step
      } else {
        below = next
        low += step
        step *= 2
      }
    }
    // Two rows of one concept differ by more than this (ConceptScores keeps sizes below 2^50).
    while high - low > 0.5 {
      let middle = low + (high - low) / 2
      let next = rowsBelow(middle, programme)
      if next.sum > target {
        high = middle
      } else {
        below = next
        low = middle
      }
    }
    let isDone = handOut(target - below.sum, to: &below.rows, low..<high, programme)
    precondition(isDone, "a window without the rows that were counted in it")
    return below.rows
  }

  /// For each concept the lower bound and all further rows with keys below `threshold`.
  private static func rowsBelow(
    _ threshold: Double, _ programme: Programme
  ) -> (rows: [Int], sum: Int) {
    let wanted = programme.wanted.span
    let lower = programme.lower.span
    let upper = programme.upper.span
    precondition(lower.count == wanted.count && upper.count == wanted.count)
    // Adding this to a number from 0 to 2^51 rounds it and leaves the result in the low bits.
    let magic = 0x1.8p52
    var sum = 0
    let rows = [Int](capacity: wanted.count) { rows in
      for cluster in 0..<wanted.count {
        let want = wanted[cluster]
        let bottom = lower[cluster]
        let top = upper[cluster]
        // Near the first x with Double(x) - want >= threshold; the keys themselves decide.
        let raised = want + threshold > Double(bottom) ? want + threshold : Double(bottom)
        let near = raised < Double(top) ? raised : Double(top)
        var x = Int(truncatingIfNeeded: (near + magic).bitPattern &- magic.bitPattern)
        x += Double(x) < near ? 1 : 0
        // The guess is off by rounding alone, so this is one branch that is hardly ever taken.
        let isHigh = (Double(x &- 1) - want >= threshold ? 1 : 0) & (x > bottom ? 1 : 0)
        let isLow = (Double(x) - want < threshold ? 1 : 0) & (x < top ? 1 : 0)
        if isHigh | isLow != 0 {
          while x > bottom && Double(x - 1) - want >= threshold { x -= 1 }
          while x < top && Double(x) - want < threshold { x += 1 }
        }
        sum += x
        rows.append(x)
      }
    }
    return (rows, sum)
  }

  /// The key of the row that follows `rows` of a concept; `UInt64.max` when the concept is full.
  @inline(__always)
  private static func nextKey(_ rows: Int, _ wanted: Double, _ upper: Int) -> UInt64 {
    let key = orderedBits(Double(rows) - wanted)
    return rows < upper ? key : .max
  }

  /// Gives one row each to the `left` concepts with the smallest keys, ties to the lowest numbers;
  /// `rows` holds all rows with keys below `window`.
  ///
  /// - Returns: whether that is right, which it is unless the window holds fewer rows, or two of
  ///   one concept that both are among the smallest. If not, `rows` is spoilt or as it was.
  private static func handOut(
    _ left: Int, to rows: inout [Int], _ window: Range<Double>, _ programme: Programme
  ) -> Bool {
    if left == 0 { return true }
    let wanted = programme.wanted.span
    let upper = programme.upper.span
    guard let found = lastKey(left, rows.span, window, wanted, upper) else { return false }
    let last = found.key
    var ties = found.ties
    var tooMany = 0
    var rows = rows.mutableSpan
    for cluster in 0..<wanted.count {
      let key = nextKey(rows[cluster], wanted[cluster], upper[cluster])
      let second = nextKey(rows[cluster] &+ 1, wanted[cluster], upper[cluster])
      tooMany &+= second <= last ? 1 : 0
      rows[cluster] &+= key < last ? 1 : 0
      if key == last && ties > 0 {
        rows[cluster] += 1
        ties -= 1
      }
    }
    return tooMany == 0
  }

  /// The `left`-th smallest key, and how many that equal it are handed out; nil when fewer are in
  /// the window.
  ///
  /// One pass counts the keys by 4,096 equal parts of the window; only the part that holds the
  /// wanted one is looked at again.  The parts of a Double are no evenly spaced numbers, so
  /// counting by its bits would need more passes where the window holds zero.
  private static func lastKey(
    _ left: Int, _ rows: Span<Int>, _ window: Range<Double>, _ wanted: Span<Double>,
    _ upper: Span<Int>
  ) -> (key: UInt64, ties: Int)? {
    let parts = 4096
    // Adding this to a number below 2^51 rounds it and leaves the result in the low bits.
    let magic = 0x1.8p52
    let scale = Double(parts) / (window.upperBound - window.lowerBound)
    var counts = [Int](repeating: 0, count: parts + 1)
    // Subtraction, product and rounding keep the order, so a smaller key is in no later part.
    // The last part is for keys beyond the window and for concepts that are full.
    let partOf = [UInt16](capacity: wanted.count) { partOf in
      var tally = counts.mutableSpan
      for cluster in 0..<wanted.count {
        let key = Double(rows[cluster]) - wanted[cluster]
        // Which concepts are inside is as good as random, so nothing here branches on it: outside
        // the rounded place may be anything, and is masked.
        let place = (key - window.lowerBound) * scale + magic
        let rounded = Int(truncatingIfNeeded: place.bitPattern &- magic.bitPattern)
        let mask = -((key < window.upperBound ? 1 : 0) & (rows[cluster] < upper[cluster] ? 1 : 0))
        let part = (min(rounded, parts - 1) & mask) | (parts & ~mask)
        tally[part] &+= 1
        partOf.append(UInt16(truncatingIfNeeded: part))
      }
    }
    let (part, rank) = counts.bucket(ofRank: left)
    if part == parts { return nil }
    var keys: [UInt64] = []
    keys.reserveCapacity(counts[part])
    for cluster in partOf.indices where partOf[cluster] == UInt16(part) {
      keys.append(nextKey(rows[cluster], wanted[cluster], upper[cluster]))
    }
    return rankedKey(rank, of: keys.count, between: 0...UInt64.max) { keys[$0] }
  }
}
