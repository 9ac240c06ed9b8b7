import Pruning
import Testing

@Suite struct TurnoverTests {
  /// Every pair of plans over small concepts, against the rows themselves.
  @Test func equalsTheCountOfRows() {
    let sizes = [0, 1, 6, 9]
    let rows = (0..<9).map { UInt64($0 * 7 % 9) }
    let distances = (0..<9).map { Float(9 - $0) }
    let similarity = (0..<9).map { Float($0 * 5 % 9) }
    func kept(_ plan: Plan, _ quota: [Int]) -> Set<[Int]> {
      var result = Set<[Int]>()
      for (cluster, size) in sizes.enumerated() {
        let positions = SelectionTwin.positions(
          Array(rows[..<size]), Array(distances[..<size]), similarity, quota[cluster], plan.order,
          plan.selectionSeed)
        for position in positions { result.insert([cluster, position]) }
      }
      return result
    }
    var random = TestRandom(seed: 21)
    var told = 0
    for _ in 0..<4000 {
      func plan() -> (Plan, [Int]) {
        var plan = Plan(target: 0)
        plan.order = Order.allCases.randomElement(using: &random)!
        plan.selectionSeed = UInt64.random(in: 1...2, using: &random)
        return (plan, sizes.map { Int.random(in: 0...$0, using: &random) })
      }
      let (old, oldQuota) = plan()
      let (new, newQuota) = plan()
      let isSameNested =
        old.order == new.order && old.order.isNested
        && (old.order != .random || old.selectionSeed == new.selectionSeed)
      let (least, most) = Turnover.bounds(old, oldQuota, new, newQuota, size: sizes)
      let before = kept(old, oldQuota)
      let after = kept(new, newQuota)
      let moved = Turnover(
        entering: after.subtracting(before).count, leaving: before.subtracting(after).count)
      #expect(least.entering <= moved.entering && moved.entering <= most.entering)
      #expect(least.leaving <= moved.leaving && moved.leaving <= most.leaving)
      // Only what cannot be told has to be counted.
      let unknown = Turnover.unknown(old, oldQuota, new, newQuota, size: sizes)
      for cluster in sizes.indices {
        let only = { (quota: [Int]) in sizes.indices.map { $0 == cluster ? quota[$0] : 0 } }
        let isTold =
          between(old, only(oldQuota), new, only(newQuota), size: sizes) != nil
        #expect(unknown.contains(cluster) != isTold)
      }
      guard let turnover = between(old, oldQuota, new, newQuota, size: sizes) else {
        #expect(!isSameNested)
        continue
      }
      told += 1
      #expect(turnover == moved && least == moved && most == moved && unknown.isEmpty)
    }
    #expect(told > 500)
  }

  @Test func samePlanMovesNothing() {
    for order in Order.allCases {
      var plan = Plan(target: 5)
      plan.order = order
      #expect(
        between(plan, [2, 3], plan, [2, 3], size: [4, 9])
          == Turnover(entering: 0, leaving: 0))
    }
  }
}

/// The rows that move, or nil where quotas do not tell.
private func between(
  _ old: Plan, _ oldQuota: [Int], _ new: Plan, _ newQuota: [Int], size: [Int]
) -> Turnover? {
  Turnover.unknown(old, oldQuota, new, newQuota, size: size).isEmpty
    ? Turnover.bounds(old, oldQuota, new, newQuota, size: size).least : nil
}
