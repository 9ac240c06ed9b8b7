// The solver's answer: the programme and both of its solutions.

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
