// Prompts that change the plan: each reads a text as a plan and says what that plan would mean.

import Canvas
import Pruning

extension Prompt {
  static let target = plan(
    "target",
    invitation: { "\($0.feasibleText($0.plan)), or 27.7%, 0.277, 84M, +10k, -0.5%" },
    expectation: "not a target yet", infeasible: "must be",
    read: { state, text, plan throws(PlanError) in
      plan.target = try Wish.target(
        text, from: plan.target, candidates: state.subject.candidates)
    },
    meaning: { state, plan in
      let part = Double(plan.target) / Double(max(1, state.subject.candidates))
      return "= \(thousands(plan.target)) rows, \(percent(part, 2)) %"
    })

  static let minimum = plan(
    "minimum",
    invitation: { "rows of each concept, now \(thousands($0.plan.minimum)): 1, 500, 2k" },
    expectation: "not a number of rows yet",
    read: { _, text, plan throws(PlanError) in
      plan.minimum = try Wish.minimum(text)
    },
    meaning: {
      "= \(thousands($1.minimum)) rows of each, or all it has"
    })

  static let share = plan(
    "share", invitation: { "of the mean quota, 0 to 1, now \($0.plan.share): 0.5, 20%" },
    expectation: "not a number from 0 to 1 yet",
    read: { _, text, plan throws(PlanError) in
      plan.share = try Wish.share(text)
    },
    meaning: { state, plan in
      guard let mean = state.meanQuota else { return "no effect: every concept is fixed" }
      return "= \(thousands(Int(plan.share * mean))) rows of each, or all it has"
    })

  /// - Parameter concepts: whatever is marked by the time of Enter; ascending.
  static func pin(_ concepts: [Int], _ state: State) -> Prompt {
    let rows = state.rowsText(concepts)
    return plan(
      "pin \(whom(concepts))",
      invitation: { _ in "of \(rows) rows: 40%, 0.4, 12,000, 12k, 1 row" },
      expectation: "not a part of \(rows) rows yet",
      read: { state, text, plan throws(PlanError) in
        let action = try Wish.pin(text, of: concepts, size: state.subject.scores.size)
        plan = plan.overriding(concepts, action, clustering: state.subject.clustering)
      },
      meaning: { state, plan in
        let sizes = state.subject.scores.size
        let size = concepts.reduce(0) { $0 + sizes[$1] }
        let count = concepts.reduce(0) {
          $0 + (plan.override(of: $1)?.fixedCount(size: sizes[$1]) ?? 0)
        }
        let part = size == 0 ? 0 : Double(count) / Double(size)
        return "= \(thousands(count)) of \(thousands(size)) rows, \(percent(part, 1)) %"
      })
  }

  static func weight(_ concepts: [Int]) -> Prompt {
    plan(
      "weight of \(whom(concepts))",
      invitation: { _ in "factor above 0: 2, 0.5; 1 removes the weight" },
      expectation: "not a number above 0 yet",
      read: { state, text, plan throws(PlanError) in
        let weight = try Wish.weight(text)
        guard weight == 1 else {
          plan = plan.overriding(concepts, .weight(weight), clustering: state.subject.clustering)
          return
        }
        plan.setOverrides(of: concepts) { _, old in
          if case .weight? = old?.action { nil } else { old }
        }
      },
      meaning: { _, plan in
        guard case .weight(let weight)? = plan.override(of: concepts[0])?.action else {
          return "= no weight"
        }
        return "= its share times \(weight), before all are scaled to 1"
      })
  }

  static func note(_ concepts: [Int], _ text: String) -> Prompt {
    var prompt = plan(
      "note on \(whom(concepts))",
      invitation: { _ in "why you decided this; empty removes the note" }, expectation: "",
      read: { _, text, plan in
        plan = plan.noting(concepts, text)
      },
      meaning: { _, _ in
        "Enter keeps it, u undoes that"
      })
    prompt.text = text
    prompt.longest = 200
    return prompt
  }

  private static func whom(_ concepts: [Int]) -> String {
    concepts.count == 1 ? "\(concepts[0])" : "\(thousands(concepts.count)) marked concepts"
  }

  /// - Parameters:
  ///   - invitation: what is said while nothing is typed.
  ///   - expectation: what is said of a text that cannot be read yet.
  ///   - infeasible: what is said before the feasible targets.
  ///   - read: changes the plan as a text asks for.
  ///   - meaning: what the changed plan means.
  /// - Complexity: O(k) for a hint.
  private static func plan(
    _ label: String, invitation: @escaping @Sendable (State) -> String, expectation: String,
    infeasible: String = "leaves targets of",
    read: @escaping @Sendable (State, String, inout Plan) throws(PlanError) -> Void,
    meaning: @escaping @Sendable (State, Plan) -> String
  ) -> Prompt {
    Prompt(label: label) { state, text in
      guard !text.isEmpty else { return (invitation(state), .dim) }
      var plan = state.plan
      guard (try? read(state, text, &plan)) != nil else { return (expectation, .dim) }
      let meaning = meaning(state, plan)
      guard (try? plan.validate(state.subject.scores)) != nil else { return (meaning, .warning) }
      return state.solver.feasibleTargets(plan).contains(plan.target)
        ? (meaning, .kept) : ("\(meaning): \(infeasible) \(state.feasibleText(plan))", .warning)
    } accepted: { state, text in
      var plan = state.plan
      do throws(PlanError) {
        try read(state, text, &plan)
        state.overlay = nil
        if plan == state.plan {
          state.say("the plan already has this")
        } else {
          state.propose(plan)
        }
      } catch { state.warn(error.description) }
    }
  }
}

extension State {
  /// The targets that a plan leaves possible.
  fileprivate func feasibleText(_ plan: Plan) -> String {
    let feasible = solver.feasibleTargets(plan)
    return "\(thousands(feasible.lowerBound)) to \(thousands(feasible.upperBound))"
  }

  /// The rows of one concept, or the fewest and the most of several.
  fileprivate func rowsText(_ concepts: [Int]) -> String {
    let sizes = concepts.map { subject.scores.size[$0] }
    guard let least = sizes.min(), let most = sizes.max(), least < most else {
      return thousands(sizes.first ?? 0)
    }
    return "\(thousands(least)) to \(thousands(most))"
  }

  /// N' / k': what the concepts that take part would get if all got the same; nil without any.
  fileprivate var meanQuota: Double? {
    var target = plan.target
    var free = subject.scores.size.reduce(0) { $1 > 0 ? $0 + 1 : $0 }
    for override in plan.overrides {
      let size = subject.scores.size[override.cluster]
      guard size > 0, let fixed = override.fixedCount(size: size) else { continue }
      target -= fixed
      free -= 1
    }
    return free > 0 ? Double(target) / Double(free) : nil
  }
}
