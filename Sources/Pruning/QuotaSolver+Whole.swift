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
    var window = offers(from: below.rows, below: min(high, low + 1), programme)
    if window.count < target - below.sum || !window.isSingle {
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
      window = offers(from: below.rows, below: high, programme)
    }
    let left = target - below.sum
    if left > 0 { handOut(left, to: &below.rows, window.range, programme) }
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
    var sum = 0
    let rows = [Int](capacity: wanted.count) { rows in
      for cluster in 0..<wanted.count {
        let want = wanted[cluster]
        let bottom = lower[cluster]
        let top = upper[cluster]
        // Near the first x with Double(x) - want >= threshold; the keys themselves decide.
        let near = clip(want + threshold, bottom, top)
        var x = Int(near)
        x += Double(x) < near ? 1 : 0
        while Double(x - 1) - want >= threshold && x > bottom { x -= 1 }
        while Double(x) - want < threshold && x < top { x += 1 }
        sum += x
        rows.append(x)
      }
    }
    return (rows, sum)
  }

  /// The key of the row that follows `rows` of a concept; `UInt64.max` when the concept is full.
  @inline(__always)
  private static func nextKey(_ rows: Int, _ wanted: Double, _ upper: Int) -> UInt64 {
    let key = ascendingBits(Double(rows) - wanted)
    return rows < upper ? key : .max
  }

  /// What the rows that follow `rows` offer below `end`: how many concepts a row, between which
  /// keys, and whether none of them a second one.
  private static func offers(
    from rows: [Int], below end: Double, _ programme: Programme
  ) -> (count: Int, range: ClosedRange<UInt64>, isSingle: Bool) {
    let rows = rows.span
    let wanted = programme.wanted.span
    let upper = programme.upper.span
    let limit = ascendingBits(end)
    var count = 0
    var seconds = 0
    var least = UInt64.max
    var most = UInt64.min
    for cluster in 0..<wanted.count {
      let key = nextKey(rows[cluster], wanted[cluster], upper[cluster])
      let second = nextKey(rows[cluster] + 1, wanted[cluster], upper[cluster])
      count += key < limit ? 1 : 0
      seconds += second < limit ? 1 : 0
      least = min(least, key)
      most = max(most, key < limit ? key : 0)
    }
    return (count, count == 0 ? 0...0 : least...most, seconds == 0)
  }

  /// Gives one row each to the `left` concepts with the smallest keys, which are in `range`.
  private static func handOut(
    _ left: Int, to rows: inout [Int], _ range: ClosedRange<UInt64>, _ programme: Programme
  ) {
    let wanted = programme.wanted.span
    let upper = programme.upper.span
    var (last, ties) = lastKey(left, rows.span, range, wanted, upper)
    var rows = rows.mutableSpan
    for cluster in 0..<wanted.count {
      let key = nextKey(rows[cluster], wanted[cluster], upper[cluster])
      rows[cluster] += key < last ? 1 : 0
      if key == last && ties > 0 {
        rows[cluster] += 1
        ties -= 1
      }
    }
  }

  /// The `left`-th smallest key, and how many that equal it are handed out.
  private static func lastKey(
    _ left: Int, _ rows: Span<Int>, _ range: ClosedRange<UInt64>, _ wanted: Span<Double>,
    _ upper: Span<Int>
  ) -> (key: UInt64, ties: Int) {
    rankedKey(left, of: wanted.count, between: range) { cluster in
      nextKey(rows[cluster], wanted[cluster], upper[cluster])
    }
  }
}
