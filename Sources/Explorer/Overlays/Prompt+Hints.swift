// What a prompt says about its text while it is typed: what is expected, what it would mean, and
// whether that is possible.

import Canvas
import Pruning

extension State {
  /// What a prompt says about its text.
  /// - Complexity: O(k).
  func hint(_ prompt: Prompt) -> (text: String, role: Role) {
    if case .filter = prompt.purpose { return filterHint(prompt.text) }
    if let words = wordsHint(prompt) { return words }
    guard !prompt.text.isEmpty else { return (invitation(prompt.purpose), .dim) }
    if prompt.purpose == .rank {
      guard let rank = rank(prompt.text) else { return (expectation(.rank), .dim) }
      return ("= rank \(thousands(rank)); 0 is taken first", .kept)
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

  func invitation(_ purpose: Prompt.Purpose) -> String {
    switch purpose {
    case .target:
      let feasible = solver.feasibleTargets(plan)
      let range = "\(thousands(feasible.lowerBound)) to \(thousands(feasible.upperBound))"
      return "\(range), or 27.7%, 0.277, 84M, +10k, -0.5%"
    case .minimum: return "rows of each concept, now \(thousands(plan.minimum)): 1, 500, 2k"
    case .share: return "of the mean quota, 0 to 1, now \(plan.share): 0.5, 20%"
    case .pin(let concepts):
      return "of \(rowsText(concepts)) rows: 40%, 0.4, 12,000, 12k, 1 row"
    case .rank:
      let rows = cursor.map { subject.scores.size[$0] } ?? 0
      return "0 to \(thousands(max(0, rows - 1))), or a per cent: 500, 12k, 50%"
    case .weight: return "times its share, above 0: 2, 0.5; 1 is none"
    case .note: return "why it was decided so; nothing takes the note away"
    case .filter, .path, .commitNote, .rowKey, .search, .find: return ""
    }
  }

  private func expectation(_ purpose: Prompt.Purpose) -> String {
    switch purpose {
    case .target: "not a target yet"
    case .minimum: "not a number of rows yet"
    case .share: "not a number from 0 to 1 yet"
    case .pin(let concepts): "not a part of \(rowsText(concepts)) rows yet"
    case .rank: "not a rank of this concept yet"
    case .weight: "not a number above 0 yet"
    case .note, .filter, .path, .commitNote, .rowKey, .search, .find: ""
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
    case .pin(let concepts):
      let size = concepts.reduce(0) { $0 + subject.scores.size[$1] }
      let count = concepts.reduce(0) {
        $0 + (wish.override(of: $1)?.fixedCount(size: subject.scores.size[$1]) ?? 0)
      }
      let part = size == 0 ? 0 : Double(count) / Double(size)
      return "= \(thousands(count)) of \(thousands(size)) rows, \(percent(part, 1)) %"
    case .rank, .filter, .path, .commitNote, .rowKey, .search, .find: return ""
    case .note: return "Enter keeps it, u undoes that"
    case .weight(let concepts):
      guard case .weight(let weight)? = wish.override(of: concepts[0])?.action else {
        return "= no weight"
      }
      return "= its share times \(weight), before all are scaled to 1"
    }
  }

  /// The rows of one concept, or the fewest and the most of several.
  private func rowsText(_ concepts: [Int]) -> String {
    let sizes = concepts.map { subject.scores.size[$0] }
    guard let least = sizes.min(), let most = sizes.max(), least < most else {
      return thousands(sizes.first ?? 0)
    }
    return "\(thousands(least)) to \(thousands(most))"
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
