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

  /// The fewest and the most rows that can enter and leave, from the quotas alone.
  ///
  /// Quotas tell the number in every concept where both plans have the same nested order (`random`
  /// also the same seed), where the order is the same and the quotas are equal, and, whatever the
  /// orders, where one of them keeps none or all of the rows.
  ///
  /// - Precondition: `oldQuota`, `newQuota` and `size` have one length, quotas are 0...size.
  /// - Complexity: O(k).
  public static func bounds(
    _ old: Plan, _ oldQuota: [Int], _ new: Plan, _ newQuota: [Int], size: [Int]
  ) -> (least: Turnover, most: Turnover) {
    precondition(
      oldQuota.count == size.count && newQuota.count == size.count, "quotas of other concepts")
    let tell = quotasTell(old, new)
    var least = Turnover(entering: 0, leaving: 0)
    var most = least
    for cluster in size.indices {
      let (before, after, whole) = (oldQuota[cluster], newQuota[cluster], size[cluster])
      least.entering += max(0, after - before)
      least.leaving += max(0, before - after)
      let isKnown = tell(before, after, whole)
      most.entering += isKnown ? max(0, after - before) : min(after, whole - before)
      most.leaving += isKnown ? max(0, before - after) : min(before, whole - after)
    }
    return (least, most)
  }

  /// The concepts whose rows have to be counted.
  ///
  /// - Precondition: as for ``bounds(_:_:_:_:size:)``.
  /// - Complexity: O(k).
  public static func unknown(
    _ old: Plan, _ oldQuota: [Int], _ new: Plan, _ newQuota: [Int], size: [Int]
  ) -> [Int] {
    let tell = quotasTell(old, new)
    return size.indices.filter { !tell(oldQuota[$0], newQuota[$0], size[$0]) }
  }

  /// Says of two quotas of a concept of some size whether they tell which rows differ.
  private static func quotasTell(
    _ old: Plan, _ new: Plan
  ) -> (_ before: Int, _ after: Int, _ size: Int) -> Bool {
    let isSame =
      old.order == new.order && (old.order != .random || old.selectionSeed == new.selectionSeed)
    let isNested = isSame && old.order.isNested
    return { before, after, size in
      isNested || (isSame && before == after)
        || before == 0 || after == 0 || before == size || after == size
    }
  }
}
