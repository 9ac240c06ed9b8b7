// A line to type into: what each prompt is for, what it says about the text so far, and what
// Enter makes of it. What cannot be done stays in the prompt, with a reason.

import Canvas
import Pruning

/// A line to type into.
struct Prompt: Sendable, Equatable {
  enum Purpose: Sendable, Equatable {
    case target, minimum, share
    /// Of a row of the cursor's concept, to go to.
    case rank
    /// Of this concept, wherever the cursor may be by the time of Enter.
    case pin(Int)
    case weight(Int)
  }
  var purpose: Purpose
  var text = ""

  /// What stands before the text.
  var label: String {
    switch purpose {
    case .target: "target"
    case .minimum: "minimum"
    case .share: "share"
    case .rank: "rank"
    case .pin(let cluster): "pin \(cluster)"
    case .weight(let cluster): "weight of \(cluster)"
    }
  }
}

extension State {
  /// Opens a prompt about the cursor's concept.
  mutating func openPrompt(_ purpose: (Int) -> Prompt.Purpose) {
    guard let cluster = cursor else { return }
    overlay = .prompt(Prompt(purpose: purpose(cluster)))
  }

  /// The plan that a prompt's text asks for.
  func wish(_ prompt: Prompt) throws(PlanError) -> Plan {
    var changed = plan
    switch prompt.purpose {
    case .target:
      changed.target = try TargetWish.target(
        prompt.text, from: plan.target, candidates: subject.candidates)
    case .minimum: changed.minimum = try BoundWish.minimum(prompt.text)
    case .share: changed.share = try BoundWish.share(prompt.text)
    case .rank: break
    case .pin(let cluster):
      changed = overriding(
        cluster,
        try OverrideWish.pin(prompt.text, of: cluster, size: subject.scores.size[cluster]))
    case .weight(let cluster):
      let weight = try OverrideWish.weight(prompt.text)
      if weight == 1 {
        if case .weight? = plan.override(of: cluster)?.action {
          changed.removeOverride(of: cluster)
        }
      } else {
        changed = overriding(cluster, .weight(weight))
      }
    }
    return changed
  }

  mutating func acceptPrompt() {
    guard case .prompt(let prompt)? = overlay else { return }
    if prompt.purpose == .rank {
      guard let rank = rank(prompt.text) else {
        warn("rank: expected \(invitation(.rank)), found \"\(visible(prompt.text))\"")
        return
      }
      overlay = nil
      goTo(rank: rank)
      return
    }
    do {
      let changed = try wish(prompt)
      overlay = nil
      if changed == plan { say("that is how the plan is already") } else { propose(changed) }
    } catch {
      warn(error.description)
    }
  }
}

/// Draws a prompt into row `y`, with what the text would mean behind it.
func drawPrompt(_ state: State, _ prompt: Prompt, y: Int, _ grid: inout Grid) {
  grid.fill(
    Region(x: 0, y: y, width: grid.width, height: 1), Style(.plain, on: .raised))
  var x = grid.draw(prompt.label + " ", 1, y, Style(.accent, .bold, on: .raised))
  x = grid.draw(prompt.text, x, y, Style(.plain, .bold, on: .raised), limit: grid.width / 2)
  x = grid.draw(" ", x, y, Style(.plain, .reverse, on: .raised))
  let hint = state.hint(prompt)
  grid.draw(hint.text, x + 2, y, Style(hint.role, on: .raised))
}

extension State {
  /// What a prompt says about its text.
  /// - Complexity: O(k).
  fileprivate func hint(_ prompt: Prompt) -> (text: String, role: Role) {
    guard !prompt.text.isEmpty else { return (invitation(prompt.purpose), .dim) }
    if prompt.purpose == .rank {
      guard let rank = rank(prompt.text) else { return (expectation(.rank), .dim) }
      return ("= row \(thousands(rank + 1)) in the plan's order", .kept)
    }
    guard let wish = try? wish(prompt) else {
      return (expectation(prompt.purpose), .dim)
    }
    let meaning = meaning(prompt.purpose, wish)
    guard (try? wish.validate(subject.scores)) != nil else { return (meaning, .warning) }
    let feasible = solver.feasibleTargets(wish)
    guard feasible.contains(wish.target) else {
      let range = "\(thousands(feasible.lowerBound)) to \(thousands(feasible.upperBound))"
      return prompt.purpose == .target
        ? ("\(meaning): possible is \(range)", .warning)
        : ("\(meaning): leaves targets of \(range)", .warning)
    }
    return (meaning, .kept)
  }

  private func invitation(_ purpose: Prompt.Purpose) -> String {
    switch purpose {
    case .target:
      let feasible = solver.feasibleTargets(plan)
      let range = "\(thousands(feasible.lowerBound)) to \(thousands(feasible.upperBound))"
      return "\(range), or 27.7%, 0.277, 84M, +10k, -0.5%"
    case .minimum: return "rows of each concept, now \(thousands(plan.minimum)): 1, 500, 2k"
    case .share: return "of the mean quota, 0 to 1, now \(plan.share): 0.5, 20%"
    case .pin(let cluster):
      return "of \(thousands(subject.scores.size[cluster])) rows: 40%, 0.4, 12,000, 12k, 1 row"
    case .rank:
      let rows = cursor.map { subject.scores.size[$0] } ?? 0
      return "1 to \(thousands(rows)), or a per cent: 500, 12k, 50%"
    case .weight: return "times its share, above 0: 2, 0.5; 1 is none"
    }
  }

  private func expectation(_ purpose: Prompt.Purpose) -> String {
    switch purpose {
    case .target: "not a target yet"
    case .minimum: "not a number of rows yet"
    case .share: "not a number from 0 to 1 yet"
    case .pin(let cluster):
      "not a part of its \(thousands(subject.scores.size[cluster])) rows yet"
    case .rank: "not a rank of this concept yet"
    case .weight: "not a number above 0 yet"
    }
  }

  private func meaning(_ purpose: Prompt.Purpose, _ wish: Plan) -> String {
    switch purpose {
    case .target:
      let part = Double(wish.target) / Double(max(1, subject.candidates))
      return "= \(thousands(wish.target)) rows, \(percent(part, 2)) %"
    case .minimum: return "= \(thousands(wish.minimum)) rows of each, or all it has"
    case .share:
      guard let mean = meanQuota else { return "no concept is free to take a share" }
      return "= \(thousands(Int(wish.share * mean))) rows of each, or all it has"
    case .pin(let cluster):
      let size = subject.scores.size[cluster]
      let count = wish.override(of: cluster)?.fixedCount(size: size) ?? 0
      let part = size == 0 ? 0 : Double(count) / Double(size)
      return "= \(thousands(count)) of \(thousands(size)) rows, \(percent(part, 1)) %"
    case .rank: return ""
    case .weight(let cluster):
      guard case .weight(let weight)? = wish.override(of: cluster)?.action else {
        return "= no weight"
      }
      return "= its share times \(weight), before all are scaled to 1"
    }
  }

  /// N' / k': what the concepts that take part would get if all got the same; nil without any.
  private var meanQuota: Double? {
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
