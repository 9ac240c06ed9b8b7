// Keys that change the plan, as values.

import Explorer
import Pruning
import Testing

@Suite struct PlanKeyTests {
  @Test func opensWithThePublishedTarget() throws {
    let state = try Fixture.state()
    let expected = try Keep(parsing: "27.7%").target(candidates: state.subject.candidates)
    #expect(state.plan.target == expected)
    #expect(state.quotas.sum == expected)
    #expect(state.baseline.label == "the opening plan")
    #expect(!state.isUnsaved)
    #expect(state.counts.gained == 0 && state.counts.cut == 0)
  }

  @Test func theOpeningTargetIsFeasible() throws {
    // Nine rows in five concepts: 27.7 % are 2 rows, but each concept keeps one.
    let scores = ConceptScores(
      size: [1, 2, 3, 2, 1], dIntra: [0.1, 0.2, 0.3, 0.1, 0.1], dInter: [0.1, 0.2, 0.3, 0.1, 0.1],
      complexity: [0.01, 0.04, 0.09, 0.01, 0.01])
    let state = try State(
      subject: Subject(
        name: "tiny", rows: 9, scores: scores, clustering: "aa", hasSimilarity: false,
        formats: []), output: Output(format: .text, output: "keep.txt"))
    #expect(state.plan.target == 5)
    #expect(try state.pressing("-").message?.text.contains("smallest") == true)
    #expect(try state.pressing("} } } } } } } } } }").plan.target == 9)
  }

  @Test func targetStepsAreThousandthsOfTheCandidates() throws {
    let state = try Fixture.state()
    let whole = state.subject.candidates
    let start = state.plan.target
    for (key, step) in [
      ("+", whole / 100), ("-", -whole / 100), ("]", whole / 1000), ("[", -whole / 1000),
      ("}", whole / 10), ("{", -whole / 10), ("=", whole / 100),
    ] {
      let after = try state.pressing(key)
      #expect(after.plan.target == start + step, "\(key)")
      #expect(after.quotas.sum == after.plan.target)
      #expect(after.isUnsaved)
    }
  }

  @Test func targetStepsStopAtTheBounds() throws {
    let state = try Fixture.state()
    let low = try state.pressing("{ { {")
    #expect(low.plan.target == 199)
    #expect(low.message?.text.contains("smallest") == true)
    let lower = try low.pressing("[")
    #expect(lower.plan == low.plan)
    #expect(lower.message?.isWarning == true)
    let high = try state.pressing("} } } } } } } }")
    #expect(high.plan.target == state.subject.candidates)
    #expect(high.message?.text.contains("largest") == true)
    #expect(high.counts.saturated == 199)
  }

  @Test func targetsCanBeTyped() throws {
    let state = try Fixture.state()
    let whole = state.subject.candidates
    for (text, target) in [
      ("12000000", 12_000_000), ("12,000,000", 12_000_000), ("12M", 12_000_000),
      ("1.5M", 1_500_000), ("10%", whole / 10), ("0.5", whole / 2), ("1", whole),
      ("+10k", state.plan.target + 10_000), ("-5k", state.plan.target - 5_000),
      ("+1", state.plan.target + 1), ("-1%", state.plan.target - whole / 100),
    ] {
      let after = try state.pressing("n\n:type \(text)\nEnter")
      #expect(after.plan.target == target, "\(text)")
      #expect(after.quotas.sum == target)
      #expect(after.context == .concepts)
    }
  }

  @Test func aWrongTargetStaysInThePrompt() throws {
    let state = try Fixture.state()
    for text in ["", "abc", "1.5", "-", "+", "101%", "9e99M", "99999999999999999999", "0x10"] {
      let after = try state.pressing("n\n:type \(text)\nEnter")
      #expect(after.plan == state.plan, "\(text)")
      #expect(after.message?.isWarning == true, "\(text)")
      #expect(after.context == .prompt)
      #expect(try after.pressing("Escape").context == .concepts)
    }
    let erased = try state.pressing("n\n:type 5x\nBackspace 0 0 k Ctrl-U\n:type 4M\nEnter")
    #expect(erased.plan.target == 4_000_000)
  }

  @Test func anInfeasibleWishIsExplainedAndChangesNothing() throws {
    let state = try Fixture.state()
    for text in ["2", "999999999999", "-99999999999", "+9223372036854775807"] {
      let after = try state.pressing("n\n:type \(text)\nEnter")
      #expect(after.plan == state.plan)
      #expect(after.quotas == state.quotas)
      #expect(after.message?.isWarning == true)
      #expect(after.message?.text.contains("199") == true, "\(after.message?.text ?? "")")
    }
    // At the largest target no concept can be dropped.
    let full = try state.pressing("n 1 Enter")
    let dropped = try full.pressing("d")
    #expect(dropped.plan == full.plan)
    #expect(dropped.message?.isWarning == true)
  }

  @Test func temperatureStepsGoThereAndBack() throws {
    let state = try Fixture.state()
    #expect(try state.pressing("t").plan.temperature == 0.08)
    #expect(try state.pressing("T").plan.temperature == 0.12)
    #expect(try state.pressing("t T").plan == state.plan)
    #expect(try state.pressing(String(repeating: "T ", count: 12)).plan.temperature == 1)
    let cold = try state.pressing(String(repeating: "t ", count: 60))
    #expect(cold.plan.temperature == 0.001)
    #expect(cold.message?.isWarning == true)
    let hot = try state.pressing(String(repeating: "T ", count: 60))
    #expect(hot.plan.temperature == 100)
    #expect(hot.quotas.sum == state.plan.target)
    #expect(Temperature.text(0.1) == "0.100")
    #expect(Temperature.text(0.0015) == "0.0015")
  }

  @Test func strategyAndOrderAreChosenFromMenus() throws {
    let state = try Fixture.state(hasSimilarity: true)
    for (index, strategy) in Strategy.allCases.enumerated() {
      let after = try state.pressing("S " + String(repeating: "Down ", count: index) + "Enter")
      #expect(after.plan.strategy == strategy)
      #expect(after.quotas.sum == state.plan.target)
    }
    for (index, order) in Order.allCases.enumerated() {
      let after = try state.pressing("o " + String(repeating: "j ", count: index) + "Enter")
      #expect(after.plan.order == order)
      #expect(after.quotas == state.quotas)
    }
    #expect(try state.pressing("S Down Escape").plan == state.plan)
    #expect(try state.pressing("S Up Enter").plan.strategy == Strategy.allCases.last)
  }

  @Test func theOrderBySimilarityNeedsSimilarities() throws {
    let state = try Fixture.state()
    let after = try state.pressing("o j j j Enter")
    #expect(after.plan == state.plan)
    #expect(after.message?.text.contains("similarity") == true)
  }

  @Test func overridesGoOnTheCursorsConcept() throws {
    let state = try Fixture.state()
    let cluster = try #require(try state.pressing("j j").cursor)
    let dropped = try state.pressing("j j d")
    #expect(dropped.plan.override(of: cluster)?.action == .drop)
    #expect(dropped.plan.clustering == "9f2c")
    #expect(dropped.quotas.quota[cluster] == 0)
    #expect(dropped.quotas.sum == state.plan.target)
    #expect(dropped.cursor == cluster)
    let kept = try dropped.pressing("a")
    #expect(kept.plan.override(of: cluster)?.action == .keep(.one))
    #expect(kept.quotas.quota[cluster] == state.subject.scores.size[cluster])
    #expect(kept.plan.overrides.count == 1)
    let cleared = try kept.pressing("x")
    #expect(cleared.plan.overrides.isEmpty)
    #expect(cleared.quotas == state.quotas)
    #expect(try dropped.pressing("d").message?.text.contains("already") == true)
  }

  @Test func anEmptyConceptHasNothingToDecide() throws {
    // By number, concept 17 is line 17.
    let state = try Fixture.state().pressing("s k k k k k Enter g")
    var there = state
    while there.cursor != 17 { there = try there.pressing("j") }
    #expect(try there.pressing("d").message?.text.contains("no rows") == true)
    #expect(try there.pressing("a").plan == state.plan)
    #expect(there.screenText.contains("no rows"))
  }

  @Test func undoAndRedoAHundredTimes() throws {
    let keys = [
      "+", "j d", "t", "]", "S Down Enter", "j a", "}", "T", "o j Enter", "-", "[", "k x", "{",
      "S Up Enter", "j j d",
    ]
    var state = try Fixture.state()
    var plans = [state.plan]
    var turn = 0
    while plans.count <= 100 {
      state = try state.pressing(keys[turn % keys.count])
      if state.plan != plans.last { plans.append(state.plan) }
      turn += 1
    }
    let last = state
    for plan in plans.dropLast().reversed() {
      state = try state.pressing("u")
      #expect(state.plan == plan)
      #expect(state.quotas.sum == plan.target)
    }
    #expect(try state.pressing("u").plan == plans[0])
    for plan in plans.dropFirst() {
      state = try state.pressing("Ctrl-R")
      #expect(state.plan == plan)
    }
    #expect(state.quotas == last.quotas)
    #expect(state.plan.json() == last.plan.json())
    #expect(try state.pressing("u u + Ctrl-R").message?.isWarning == true)
  }

  @Test func theBaselineIsWhatChangesAreCountedAgainst() throws {
    let state = try Fixture.state().pressing("+ +")
    #expect(state.counts.gained > 0)
    #expect(state.counts.more - state.counts.fewer == state.plan.target - state.opening.target)
    let marked = try state.pressing("b")
    #expect(marked.counts.gained == 0 && marked.counts.cut == 0)
    #expect(marked.baseline.plan == state.plan)
    #expect(try marked.pressing("-").counts.cut > 0)
    let known = try Fixture.state(committed: CommittedState(number: 3, plan: state.plan))
    #expect(known.baseline.label == "plan 3")
    #expect(known.plan == state.plan)
    #expect(!known.isUnsaved)
    let other = try Fixture.state(
      plan: state.opening, committed: CommittedState(number: 3, plan: state.plan))
    #expect(other.plan == state.opening)
    #expect(other.baseline.plan == state.plan)
    #expect(other.isUnsaved)
  }
}
