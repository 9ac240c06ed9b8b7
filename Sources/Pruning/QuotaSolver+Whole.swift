// The whole-number solution. Handing out one row at a time to the concept whose cost grows least
// is optimal (the cost is convex and separable; Ibaraki and Katoh, "Resource allocation problems",
// 1988), and row number x + 1 of concept j costs by its key Double(x) - w_j. So the answer is: all
// rows with a key below some threshold, and at the threshold the lowest cluster numbers.
//
// Keys are compared as the Doubles that they are, so the answer equals the hand-out's to the last
// tie. The real shift s only says where to look: x_j is about w_j + s, so the threshold is between
// s - 1 and s. Rows with keys below the lower end are counted exactly (sums of Int); if they are
// too many, or the rest too few, floating error has moved s, and bisection by such counts finds the
// window. Within it each concept has a row or two to offer, of which the smallest keys are taken.

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
    var offered = offers(from: below.rows, below: min(high, low + 1), programme)
    if offered.keys.count < target - below.sum {
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
      while high - low > 1 {
        let middle = low + (high - low) / 2
        let next = rowsBelow(middle, programme)
        if next.sum > target {
          high = middle
        } else {
          below = next
          low = middle
        }
      }
      offered = offers(from: below.rows, below: high, programme)
    }
    let left = target - below.sum
    var rows = below.rows
    if left == 0 { return rows }
    let keys = offered.keys
    var (last, ties) = rankedKey(left, of: keys.count) { keys[$0] }
    for (key, owner) in zip(keys, offered.owners) where key <= last {
      if key == last {
        if ties == 0 { continue }
        ties -= 1
      }
      rows[owner] += 1
    }
    return rows
  }

  /// For each concept the lower bound and all further rows with keys below `threshold`.
  private static func rowsBelow(
    _ threshold: Double, _ programme: Programme
  ) -> (rows: [Int], sum: Int) {
    let wanted = programme.wanted
    let lower = programme.lower
    let upper = programme.upper
    var rows = lower
    var sum = 0
    for cluster in wanted.indices {
      let want = wanted[cluster]
      let bottom = lower[cluster]
      let top = upper[cluster]
      // Near the first x with Double(x) - want >= threshold; the keys themselves decide.
      var x = Int(min(max(want + threshold, Double(bottom)), Double(top)))
      while x > bottom && Double(x - 1) - want >= threshold { x -= 1 }
      while x < top && Double(x) - want < threshold { x += 1 }
      rows[cluster] = x
      sum += x
    }
    return (rows, sum)
  }

  /// The keys below `end` of the rows that follow `rows`, by cluster and then by row.
  private static func offers(
    from rows: [Int], below end: Double, _ programme: Programme
  ) -> (keys: [UInt64], owners: [Int]) {
    let wanted = programme.wanted
    let upper = programme.upper
    var keys: [UInt64] = []
    var owners: [Int] = []
    keys.reserveCapacity(rows.count)
    owners.reserveCapacity(rows.count)
    for cluster in rows.indices {
      var x = rows[cluster]
      while x < upper[cluster] {
        let key = Double(x) - wanted[cluster]
        if key >= end { break }
        keys.append(ascendingBits(key))
        owners.append(cluster)
        x += 1
      }
    }
    return (keys, owners)
  }
}
