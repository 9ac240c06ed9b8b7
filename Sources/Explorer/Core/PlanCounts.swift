// What a plan does compared with the baseline: sums over the quotas, taken once a change and not
// once a frame.

import Pruning

/// The counts of the header and of the commit dialogue.
public struct PlanCounts: Sendable, Equatable {
  /// Concepts that keep more rows than in the baseline.
  public var gained = 0
  /// Concepts that keep fewer.
  public var cut = 0
  /// Concepts with rows that are kept whole.
  public var saturated = 0
  /// Sum of what the gained ones gain and of what the cut ones lose, in rows. Where both plans
  /// have the same nested order these are the rows that enter and leave the kept set.
  public var more = 0
  public var fewer = 0
  /// The sum of the quotas, added up from the quotas themselves: equal to the plan's target, and
  /// shown beside it so that one can see that it is.
  public var sum = 0
  /// The largest P over the smallest, among the concepts that take part; nil without any.
  public var ratio: Double?

  /// - Complexity: O(k).
  init(_ quotas: Quotas, against baseline: [Int], size: [Int]) {
    var largest = 0.0
    var smallest = Double.infinity
    for cluster in size.indices {
      let quota = quotas.quota[cluster]
      sum += quota
      let difference = quota - baseline[cluster]
      if difference > 0 {
        gained += 1
        more += difference
      } else if difference < 0 {
        cut += 1
        fewer -= difference
      }
      if quota == size[cluster], quota > 0 { saturated += 1 }
      let share = quotas.probability[cluster]
      if share > 0 {
        largest = max(largest, share)
        smallest = min(smallest, share)
      }
    }
    ratio = smallest.isFinite && largest > 0 ? largest / smallest : nil
  }
}
