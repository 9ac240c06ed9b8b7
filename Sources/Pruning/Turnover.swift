// What a change of plan does to the kept rows, without looking at a row. In a nested order a
// larger quota keeps all that a smaller one kept, so per concept only the difference moves.

/// How many rows enter and leave the kept set between two plans.
public struct Turnover: Sendable, Equatable {
  /// Rows that only the newer plan keeps.
  public var entering: Int
  /// Rows that only the older plan keeps.
  public var leaving: Int

  public init(entering: Int, leaving: Int) {
    self.entering = entering
    self.leaving = leaving
  }

  /// The sums over quotas, or nil where the rows themselves would have to be counted.
  ///
  /// Quotas tell it in every concept where both plans have the same nested order (`random` also
  /// the same seed), where the order is the same and the quotas are equal, and, whatever the
  /// orders, where one of them keeps none or all of the rows.
  ///
  /// - Precondition: `oldQuota`, `newQuota` and `size` have one length, quotas are 0...size.
  /// - Complexity: O(k).
  public static func between(
    _ old: Plan, _ oldQuota: [Int], _ new: Plan, _ newQuota: [Int], size: [Int]
  ) -> Turnover? {
    precondition(
      oldQuota.count == size.count && newQuota.count == size.count, "quotas of other concepts")
    let isSameOrder =
      old.order == new.order && (old.order != .random || old.selectionSeed == new.selectionSeed)
    let isNested = isSameOrder && old.order.isNested
    var result = Turnover(entering: 0, leaving: 0)
    for cluster in size.indices {
      let before = oldQuota[cluster]
      let after = newQuota[cluster]
      let whole = size[cluster]
      let isKnown =
        isNested || (isSameOrder && before == after)
        || before == 0 || after == 0 || before == whole || after == whole
      if !isKnown { return nil }
      result.entering += max(0, after - before)
      result.leaving += max(0, before - after)
    }
    return result
  }
}
