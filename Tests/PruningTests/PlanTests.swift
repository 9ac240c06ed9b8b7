import Pruning
import Testing

@Suite struct PlanTests {
  @Test func overridesStaySortedAndUnique() {
    var random = TestRandom(seed: 41)
    var plan = Plan(target: 1)
    var twin: [Int: Override] = [:]
    for step in 0..<2000 {
      let cluster = Int.random(in: 0..<40, using: &random)
      if random.oneIn(3) {
        var old: Override?
        plan.setOverrides(of: [cluster]) { _, override in
          old = override
          return nil
        }
        #expect(old == twin.removeValue(forKey: cluster))
      } else {
        let override = Override(cluster: cluster, action: .count(step))
        plan.setOverride(override)
        twin[cluster] = override
      }
      #expect(plan.overrides.map(\.cluster) == twin.keys.sorted())
      #expect(plan.override(of: cluster) == twin[cluster])
    }
    plan.removeAllOverrides()
    #expect(plan == Plan(target: 1))
  }

  @Test func writesWhatPeopleRead() {
    var plan = Plan(target: 76_782_572, clustering: "9f2c")
    plan.setOverride(Override(cluster: 33, action: .drop, note: "print-on-demand \"spam\"\u{1B}"))
    plan.setOverride(Override(cluster: 407, action: .keep(.one)))
    plan.setOverride(Override(cluster: 212, action: .count(200_000)))
    plan.setOverride(Override(cluster: 9, action: .weight(2.5)))
    #expect(
      String(decoding: plan.json(), as: UTF8.self) == """
        { "format": 1, "clustering": "9f2c", "target": 76782572, "temperature": 0.1,
          "strategy": "complexity", "order": "hardest", "minimum": 1, "share": 0, "selection-seed": 1,
          "overrides": [ { "cluster": 9, "weight": 2.5 },
                         { "cluster": 33, "drop": true, "note": "print-on-demand \\"spam\\"\\u001b" },
                         { "cluster": 212, "count": 200000 },
                         { "cluster": 407, "keep": 1.0 } ] }

        """)
    #expect(
      String(decoding: Plan(target: 3).json(), as: UTF8.self) == """
        { "format": 1, "target": 3, "temperature": 0.1,
          "strategy": "complexity", "order": "hardest", "minimum": 1, "share": 0, "selection-seed": 1,
          "overrides": [] }

        """)
  }
}
