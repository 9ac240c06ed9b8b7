// Typed pins, weights and bounds.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct WishTests {
  @Test func pinsAreReadExactly() throws {
    for (text, action) in [
      ("40%", Override.Action.keep(ExactDecimal("0.4")!)), ("0.277", .keep(ExactDecimal("0.277")!)),
      ("1", .keep(.one)), ("100 %", .keep(.one)), ("0", .keep(.zero)), ("12,000", .count(12_000)),
      ("12k", .count(12_000)), ("1 row", .count(1)), ("7 rows", .count(7)), ("2", .count(2)),
      ("0.5k", .count(500)),
    ] {
      #expect(try Wish.pin(text, of: [3], size: [0, 0, 0, 12_000]) == action, "\(text)")
    }
    for text in ["", "x", "-1", "101%", "1.5", "12,001", "1M", "row", "0.5 rows", "9e99"] {
      #expect(throws: PlanError.self, "\(text)") {
        try Wish.pin(text, of: [3], size: [0, 0, 0, 12_000])
      }
    }
  }

  @Test func weightsAndBoundsAreRead() throws {
    for (text, weight) in [("2", 2.0), ("0.5", 0.5), ("×3", 3), ("x 1.5", 1.5), ("1e-3", 0.001)] {
      #expect(try Wish.weight(text) == weight, "\(text)")
    }
    for text in ["", "0", "-1", "inf", "nan", "two"] {
      #expect(throws: PlanError.self, "\(text)") { try Wish.weight(text) }
    }
    for (text, count) in [("0", 0), ("1", 1), ("2,000", 2_000), ("2k", 2_000), ("1.5M", 1_500_000)]
    {
      #expect(try Wish.minimum(text) == count, "\(text)")
    }
    for text in ["", "-1", "1.5", "50%", "99999999999999999999"] {
      #expect(throws: PlanError.self, "\(text)") { try Wish.minimum(text) }
    }
    for (text, share) in [("0", 0.0), ("0.5", 0.5), ("20%", 0.2), ("1", 1), ("100 %", 1)] {
      #expect(try Wish.share(text) == share, "\(text)")
    }
    for text in ["", "1.1", "101%", "-0.1", "half"] {
      #expect(throws: PlanError.self, "\(text)") { try Wish.share(text) }
    }
  }

  @Test func aPinFixesTheConcept() throws {
    let state = try Fixture.state().pressing(Fixture.middle)
    let cluster = try #require(state.cursor)
    let size = state.subject.scores.size[cluster]
    let pinned = try state.pressing("p\n:type 40%\nEnter")
    #expect(pinned.plan.override(of: cluster)?.action == .keep(ExactDecimal("0.4")!))
    #expect(pinned.quotas.quota[cluster] == size * 4 / 10)
    #expect(pinned.quotas.sum == state.plan.target)
    #expect(pinned.plan.clustering == "9f2c")
    let counted = try pinned.pressing("p\n:type 3 rows\nEnter")
    #expect(counted.quotas.quota[cluster] == 3)
    #expect(counted.plan.overrides.count == 1)
    #expect(try counted.pressing("u").plan == pinned.plan)
    #expect(try counted.pressing("u u").plan == state.plan)
    #expect(try counted.pressing("u u Ctrl-R Ctrl-R").quotas == counted.quotas)
    #expect(try counted.pressing("x").plan.overrides.isEmpty)
  }

  @Test func aWeightMultipliesTheShare() throws {
    let state = try Fixture.state().pressing(Fixture.middle)
    let cluster = try #require(state.cursor)
    let weighed = try state.pressing("w 3 Enter")
    #expect(weighed.plan.override(of: cluster)?.action == .weight(3))
    let (old, new) = (state.quotas.probability[cluster], weighed.quotas.probability[cluster])
    #expect(abs(new - 3 * old / (1 + 2 * old)) < 1e-12)
    #expect(weighed.quotas.sum == state.plan.target)
    let cleared = try weighed.pressing("w 1 Enter")
    #expect(cleared.plan.overrides.isEmpty && cleared.quotas == state.quotas)
    #expect(try state.pressing("w 1 Enter").message?.text.contains("already") == true)
    // A weight of one takes no pin away.
    let pinned = try state.pressing("p\n:type 40%\nEnter w 1 Enter")
    #expect(pinned.plan.overrides.count == 1)
  }

  @Test func boundsHoldForEveryConcept() throws {
    let state = try Fixture.state()
    let size = state.subject.scores.size
    let minimum = try state.pressing("m\n:type 5k\nEnter")
    #expect(minimum.plan.minimum == 5_000)
    #expect(zip(minimum.quotas.quota, size).allSatisfy { $0 >= min(5_000, $1) })
    let share = try state.pressing("e\n:type 50%\nEnter")
    #expect(share.plan.share == 0.5)
    let mean = Double(state.plan.target) / 199
    #expect(zip(share.quotas.quota, size).allSatisfy { $0 >= min(Int(0.5 * mean), $1) })
    for changed in [minimum, share] {
      #expect(changed.quotas.sum == state.plan.target)
      let undone = try changed.pressing("u")
      #expect(undone.plan == state.plan)
      #expect(undone.message?.text.contains("→") == true)
    }
    #expect(try state.pressing("m\n:type 5k").screenText.contains("= 5,000 rows of each"))
    #expect(
      try state.pressing("e\n:type 50%").screenText.contains("= \(thousands(Int(0.5 * mean))) rows")
    )
  }

  @Test func wishesThatCannotBeStayOutOfThePlan() throws {
    let state = try Fixture.state().pressing(Fixture.middle)
    // Wrong texts stay in the prompt.
    for keys in ["p\n:type 101%\nEnter", "w 0 Enter", "m x Enter", "e 2 Enter", "p Enter"] {
      let after = try state.pressing(keys)
      #expect(after.plan == state.plan && after.context == .prompt, "\(keys)")
      #expect(after.message?.isWarning == true, "\(keys)")
    }
    // Infeasible ones are explained, in the prompt before and in the status line after Enter.
    let typed = try state.pressing("m\n:type 900M")
    #expect(typed.screenText.contains("leaves targets of"))
    let refused = try typed.pressing("Enter")
    #expect(refused.plan == state.plan && refused.quotas == state.quotas)
    #expect(refused.message?.isWarning == true)
    // At the largest target nothing can be pinned below its size.
    let full = try state.pressing("n 1 Enter")
    let pinned = try full.pressing("p\n:type 40%\nEnter")
    #expect(pinned.plan == full.plan && pinned.message?.isWarning == true)
  }

  @Test func anEmptyConceptCannotBePinned() throws {
    var there = try Fixture.state().pressing("s k k k k k Enter g")
    while there.cursor != 17 { there = try there.pressing("j") }
    #expect(try there.pressing("p").message?.text.contains("no rows") == true)
    #expect(try there.pressing("w").context == .concepts)
    #expect(try there.pressing("D").screenText.contains("this concept has no rows"))
  }
}
