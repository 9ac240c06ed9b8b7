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
    // A few times what the rounding of the sum amounts to.
    let tolerance = target * 0x1p-46
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

  /// The sum of the clipped numbers, and how many of them move with the shift.
  ///
  /// Four running sums, so that additions overlap, in an order that no processor changes.
  private static func clippedSum(
    _ wanted: [Double], _ lower: [Int], _ upper: [Int], _ shift: Double
  ) -> (sum: Double, slope: Int) {
    let count = wanted.count
    let wanted = wanted.span
    let lower = lower.span
    let upper = upper.span
    precondition(lower.count == count && upper.count == count)
    var slope = 0
    @inline(__always) func clipped(_ cluster: Int) -> Double {
      let value = clip(wanted[cluster] + shift, lower[cluster], upper[cluster])
      // A free number that lies exactly on a bound counts too: that costs a step, never the end.
      let isFree = value == wanted[cluster] + shift ? 1 : 0
      slope &+= isFree & (lower[cluster] < upper[cluster] ? 1 : 0)
      return value
    }
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var cluster = 0
    while cluster + 4 <= count {
      a += clipped(cluster)
      b += clipped(cluster + 1)
      c += clipped(cluster + 2)
      d += clipped(cluster + 3)
      cluster += 4
    }
    while cluster < count {
      a += clipped(cluster)
      cluster += 1
    }
    return ((a + b) + (c + d), slope)
  }

  /// `value` between bounds, by comparisons that become two instructions and no branch: which
  /// concepts are at a bound is not for a branch predictor to learn.
  @inline(__always)
  static func clip(_ value: Double, _ lower: Int, _ upper: Int) -> Double {
    let bottom = Double(lower)
    let top = Double(upper)
    let raised = value > bottom ? value : bottom
    return raised < top ? raised : top
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
