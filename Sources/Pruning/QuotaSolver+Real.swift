// The real solution. By the KKT conditions it is clip(w_j + shift, L_j, U_j) for one shift, and
// the sum of that is a rising, piecewise linear function of the shift. A Newton step from any
// point lands exactly when no concept meets a bound on the way, so a handful of passes over the
// arrays is enough; a bracket that must shrink makes sure of the end. No breakpoint is sorted.

extension QuotaSolver {
  /// The shift at which the clipped sum is the target, as near as Double sums can tell.
  ///
  /// - Complexity: O(k) a step; some five steps, at most 200.
  static func shift(_ programme: Programme) -> Double {
    let wanted = programme.wanted
    let lower = programme.lower
    let upper = programme.upper
    let target = Double(programme.target)
    if programme.target == programme.feasible.upperBound {
      return edge(wanted, upper, lower, upper, largest: true)
    }
    var low = -Double.infinity
    var high = Double.infinity
    var shift = 0.0
    // What summing k numbers of this size cannot tell apart.
    let tolerance = target * 0x1p-50
    for step in 0..<200 {
      let (sum, slope) = clippedSum(wanted, lower, upper, shift)
      let missing = target - sum
      if abs(missing) <= tolerance { break }
      if missing > 0 { low = shift } else { high = shift }
      var next = slope > 0 ? shift + missing / Double(slope) : shift
      let isInside = next > low && next < high
      if !isInside || step % 8 == 7 {
        if low == -.infinity || high == .infinity {
          // Flat here: go where every concept is at the bound on that side.
          if !isInside {
            next = edge(wanted, missing > 0 ? upper : lower, lower, upper, largest: missing > 0)
          }
        } else {
          next = low + (high - low) / 2
        }
      }
      if next == shift || next <= low || next >= high { break }
      shift = next
    }
    return shift
  }

  /// The sum of the clipped numbers, and how many of them are strictly between their bounds.
  private static func clippedSum(
    _ wanted: [Double], _ lower: [Int], _ upper: [Int], _ shift: Double
  ) -> (sum: Double, slope: Int) {
    var sum = 0.0
    var slope = 0
    for cluster in wanted.indices {
      let free = wanted[cluster] + shift
      let bottom = Double(lower[cluster])
      let top = Double(upper[cluster])
      sum += min(max(free, bottom), top)
      slope += free > bottom && free < top ? 1 : 0
    }
    return (sum, slope)
  }

  /// The shift from which on (`largest`) or up to which all concepts are at `bound`.
  private static func edge(
    _ wanted: [Double], _ bound: [Int], _ lower: [Int], _ upper: [Int], largest: Bool
  ) -> Double {
    var result: Double?
    for cluster in wanted.indices where lower[cluster] < upper[cluster] {
      let here = Double(bound[cluster]) - wanted[cluster]
      result = result.map { largest ? max($0, here) : min($0, here) } ?? here
    }
    return result ?? 0
  }
}
