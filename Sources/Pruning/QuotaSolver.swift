// From a plan and the scores to quotas: the quadratic programme of Abbas et al. (ICLR 2024,
// section 3), minimise sum (x_j - P_j N)^2 subject to sum x_j = N and L_j <= x_j <= M_j.
//
// The explorer solves it again at every key press, for up to 50,000 concepts. So there is no sort
// of breakpoints and no heap: the real solution's shift is found by Newton steps on a piecewise
// linear sum (QuotaSolver+Real), and the whole-number one is counted from it (QuotaSolver+Whole).

/// Solves plans for one set of concepts.
public struct QuotaSolver: Sendable {
  /// The concepts.
  public let scores: ConceptScores

  /// - Complexity: O(1).
  public init(scores: ConceptScores) {
    self.scores = scores
  }

  /// The quotas of `plan`: exact, and the same on every machine.
  ///
  /// They are what a hand-out gives that starts at the lower bounds and gives one row after the
  /// other to the concept of the smallest `Double(x_j) - wanted_j` below its upper bound, ties to
  /// the lowest cluster number.
  ///
  /// - Throws: `PlanError.invalid` for a field out of its range, `PlanError.infeasible` for a
  ///   target that the bounds and overrides do not allow.
  /// - Complexity: O(k) for each of a few Newton steps.
  public func solve(_ plan: Plan) throws(PlanError) -> Quotas {
    try solve(plan, lookingNear: nil)
  }

  /// The same, with the whole-number solution looked for around another shift: it must not matter.
  package func solve(_ plan: Plan, lookingNear guess: Double?) throws(PlanError) -> Quotas {
    try plan.validate(scores)
    var programme = Programme(plan, scores)
    try programme.requireFeasible(plan)
    programme.setProbabilities(plan, scores)
    let shift = Self.shift(programme)
    let quota = Self.wholeNumbers(programme, near: guess ?? shift)
    var saturated = 0
    for (kept, size) in zip(quota, scores.size) {
      // Without a branch: which concepts are saturated is as good as random.
      saturated += (kept == size ? 1 : 0) & (size > 0 ? 1 : 0)
    }
    return Quotas(
      probability: programme.probability, wanted: programme.wanted, lower: programme.lower,
      upper: programme.upper, quota: quota, shift: shift, saturated: saturated)
  }

  /// The targets that the bounds and overrides of `plan` allow, whatever its own target is.
  ///
  /// A share never narrows them: its bound is at most the mean quota.
  ///
  /// - Precondition: the overrides are valid for these scores (`Plan.validate`).
  /// - Complexity: O(k).
  public func feasibleTargets(_ plan: Plan) -> ClosedRange<Int> {
    let programme = Programme(plan, scores)
    return programme.feasible
  }
}

/// Quotas of k concepts and the programme that they solve, as arrays indexed by cluster number.
///
/// A concept fixed by an override has `lower == upper == quota` and probability 0, as an empty one
/// has with all of them 0.
public struct Quotas: Sendable, Equatable {
  /// P_j, 0...1; sums to 1 over the concepts that take part.
  public let probability: [Double]
  /// P_j N', the rows that a concept would get without bounds; N' is the target less fixed rows.
  public let wanted: [Double]
  /// L_j, the fewest rows that the concept keeps.
  public let lower: [Int]
  /// The most rows that the concept keeps: M_j, or the fixed count.
  public let upper: [Int]
  /// x_j, the whole-number solution.
  public let quota: [Int]
  /// The number that makes `clip(wanted + shift, lower, upper)` sum to the target.
  public let shift: Double
  /// Concepts with rows that keep all of them, x_j = M_j > 0.
  public let saturated: Int

  /// The sum of the quotas; the plan's target.
  ///
  /// - Complexity: O(k).
  public var sum: Int { quota.reduce(0, +) }
}
