// The inner loop of the real solver. Which concepts are at a bound is not for a branch predictor to
// learn, so this is four lanes of comparisons without a branch; lanes are added up in an order that
// no processor changes.

/// Sums of clip(wanted + shift, min(bound, room), room), four concepts at a time.
struct ClippedLanes {
  private let bound: SIMD4<Double>
  private let shift: SIMD4<Double>
  /// The clipped numbers.
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
