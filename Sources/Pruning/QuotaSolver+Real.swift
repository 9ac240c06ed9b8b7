// The real solution. By the KKT conditions it is clip(w_j + shift, L_j, U_j) for one shift, and
// the sum of that is a rising, piecewise linear function of the shift. A Newton step from any
// point lands exactly when no concept meets a bound on the way, so a handful of passes over the
// arrays is enough; a bracket that must shrink makes sure of the end. No breakpoint is sorted.

extension QuotaSolver {
  /// The shift at which the clipped sum is the target, as near as Double sums can tell.
  ///
  /// - Complexity: O(k) a step; some six steps, at most 200.
  static func shift(_ programme: Programme) -> Double {
    if programme.target == programme.feasible.upperBound { return edge(programme, upper: true) }
    let target = Double(programme.remaining)
    var low = -Double.infinity
    var high = Double.infinity
    var shift = 0.0
    // A few times what the rounding of the sum amounts to.
    let tolerance = target * 0x1p-46
    for step in 0..<200 {
      let (sum, slope) = clippedSum(programme, shift)
      let missing = target - sum
      if abs(missing) <= tolerance { break }
      if missing > 0 { low = shift } else { high = shift }
      var next = slope > 0 ? shift + missing / slope : shift
      let isInside = next > low && next < high
      if low.isFinite && high.isFinite {
        // Every eighth step halves the bracket, whatever Newton says.
        if !isInside || step % 8 == 7 { next = low + (high - low) / 2 }
      } else if !isInside {
        // Flat here: go where every concept is at the bound on that side.
        next = edge(programme, upper: missing > 0)
      }
      if next <= low || next >= high { break }
      shift = next
    }
    return shift
  }

  /// The sum of the clipped numbers, and how many of them move with the shift.
  ///
  /// The loads are sound: four numbers from `cluster` on are inside both arrays, whose lengths are
  /// checked, while `cluster + 4 <= count`.
  private static func clippedSum(
    _ programme: Programme, _ shift: Double
  ) -> (sum: Double, slope: Double) {
    let count = programme.wanted.count
    precondition(programme.room.count == count)
    var lanes = ClippedLanes(bound: programme.bound, shift: shift)
    programme.wanted.withUnsafeBytes { wanted in
      programme.room.withUnsafeBytes { room in
        var cluster = 0
        while cluster + 4 <= count {
          let offset = cluster * MemoryLayout<Double>.stride
          lanes.add(
            wanted: wanted.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self),
            room: room.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self))
          cluster += 4
        }
      }
    }
    for cluster in count & ~3..<count {
      // Lanes without room stay 0.
      lanes.add(
        wanted: SIMD4(programme.wanted[cluster], 0, 0, 0),
        room: SIMD4(programme.room[cluster], 0, 0, 0))
    }
    return (lanes.sums.sum(), lanes.slopes.sum())
  }

  /// The shift from which on all concepts are at their upper bounds, or up to which all are at their
  /// lower ones.
  private static func edge(_ programme: Programme, upper: Bool) -> Double {
    var result: Double?
    for (wanted, room) in zip(programme.wanted, programme.room) {
      let lower = min(programme.bound, room)
      if lower == room { continue }
      let here = (upper ? room : lower) - wanted
      result = result.map { upper ? max($0, here) : min($0, here) } ?? here
    }
    return result ?? 0
  }
}

// The inner loop of the real solver. Which concepts are at a bound is not for a branch predictor to
// learn, so this is four lanes of comparisons without a branch; lanes are added up in an order that
// no processor changes.

/// Sums of clip(wanted + shift, min(bound, room), room), four concepts at a time.
struct ClippedLanes {
  private let bound: SIMD4<Double>
  private let shift: SIMD4<Double>
  private(set) var sums = SIMD4<Double>.zero
  /// How many of them move with the shift. A number that lies exactly on a bound counts too: that
  /// costs a Newton step, never the end.
  private(set) var slopes = SIMD4<Double>.zero

  init(bound: Double, shift: Double) {
    self.bound = SIMD4(repeating: bound)
    self.shift = SIMD4(repeating: shift)
  }

  @inline(__always)
  mutating func add(wanted: SIMD4<Double>, room: SIMD4<Double>) {
    let free = wanted + shift
    let lower = room.replacing(with: bound, where: bound .< room)
    let raised = lower.replacing(with: free, where: free .> lower)
    let value = room.replacing(with: raised, where: raised .< room)
    sums += value
    let moves = (value .== free) .& (lower .< room)
    slopes += SIMD4<Double>.zero.replacing(with: 1, where: moves)
  }
}
