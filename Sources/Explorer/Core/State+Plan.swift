// Changing the plan. Every wish goes through `propose`: the solver takes it, or the last feasible
// plan stays and its words say why.

import Canvas
import Pruning

extension State {
  /// Makes `wish` the plan, if the solver accepts it; otherwise explains and changes nothing.
  ///
  /// - Returns: whether the plan is now `wish`.
  /// - Complexity: O(k).
  @discardableResult
  mutating func propose(_ wish: Plan) -> Bool {
    guard wish != plan else { return true }
    if wish.order == .similarity, !subject.hasSimilarity {
      warn(PlanError.similarityMissing.description)
      return false
    }
    do {
      let solved = try solver.solve(wish)
      undoStack.past.append(plan)
      undoStack.future.removeAll()
      adopt(wish, solved)
      return true
    } catch {
      warn(error.description)
      return false
    }
  }

  mutating func undo() {
    guard let previous = undoStack.past.popLast() else { return }
    undoStack.future.append(plan)
    resolve(previous)
    say("undone: " + difference(from: undoStack.future.last ?? plan, to: previous))
  }

  mutating func redo() {
    guard let next = undoStack.future.popLast() else { return }
    undoStack.past.append(plan)
    let before = plan
    resolve(next)
    say("redone: " + difference(from: before, to: next))
  }

  /// Takes a plan that was solved before.
  private mutating func resolve(_ known: Plan) {
    do { adopt(known, try solver.solve(known)) } catch {
      preconditionFailure("a plan of the history is infeasible: \(error)")
    }
  }

  private mutating func adopt(_ plan: Plan, _ solved: Quotas) {
    self.plan = plan
    quotas = solved
    compare()
    follow(.plan)
  }

  /// Counts anew against the baseline.
  mutating func compare() {
    counts = PlanCounts(quotas, against: baseline.quota, size: subject.scores.size)
  }

  /// Moves the target by `permille` thousandths of the candidates, at least by one row, and as
  /// far as is feasible.
  mutating func moveTarget(permille: Int) {
    let whole = subject.candidates
    let step = max(1, whole / 1000 * abs(permille) + whole % 1000 * abs(permille) / 1000)
    let feasible = solver.feasibleTargets(plan)
    let wish = permille > 0 ? plan.target + step : plan.target - step
    let target = min(max(wish, feasible.lowerBound), feasible.upperBound)
    let bound =
      "the \(permille > 0 ? "largest" : "smallest") that the bounds and overrides allow"
    if target == plan.target { return warn("target \(thousands(target)) is \(bound)") }
    var changed = plan
    changed.target = target
    if propose(changed), target != wish { say("target \(thousands(target)): \(bound)") }
  }

  /// The next rung of the ladder of temperatures above or below the plan's.
  mutating func moveTemperature(up: Bool) {
    guard let next = Temperature.step(from: plan.temperature, up: up) else {
      return warn("tau \(Temperature.text(plan.temperature)) is the limit in this direction")
    }
    var changed = plan
    changed.temperature = next
    propose(changed)
  }

  mutating func say(_ text: String) { message = Message(text: text, isWarning: false) }
  mutating func warn(_ text: String?) {
    if let text { message = Message(text: text, isWarning: true) }
  }

  /// In words, the first thing that is different in `after`.
  func difference(from before: Plan, to after: Plan) -> String {
    differences(from: before, to: after).first ?? "no visible change"
  }

  /// In words, all that is different in `after`; concepts of which the same is different together.
  /// - Complexity: O(overrides log overrides).
  func differences(from before: Plan, to after: Plan) -> [String] {
    var changes: [String] = []
    func note(_ name: String, _ old: String, _ new: String) {
      if old != new { changes.append("\(name) \(old) → \(new)") }
    }
    note("target", thousands(before.target), thousands(after.target))
    note("τ", Temperature.text(before.temperature), Temperature.text(after.temperature))
    note("strategy", before.strategy.rawValue, after.strategy.rawValue)
    note("order", before.order.rawValue, after.order.rawValue)
    changes += overrideDifferences(from: before, to: after)
    note("minimum", thousands(before.minimum), thousands(after.minimum))
    note("share", "\(before.share)", "\(after.share)")
    note("seed", "\(before.selectionSeed)", "\(after.selectionSeed)")
    return changes
  }

  private func overrideDifferences(from before: Plan, to after: Plan) -> [String] {
    var groups: [String: [Int]] = [:]
    var order: [String] = []
    let overridden = before.overrides.map(\.cluster) + after.overrides.map(\.cluster)
    for cluster in Set(overridden).sorted() {
      let (old, new) = (before.override(of: cluster), after.override(of: cluster))
      guard old != new else { continue }
      let was = old.map { describe($0.action) } ?? "free"
      let now = new.map { describe($0.action) } ?? "free"
      let change = was == now ? "note changed" : "\(was) → \(now)"
      if groups[change] == nil { order.append(change) }
      groups[change, default: []].append(cluster)
    }
    return order.map { change in
      let concepts = groups[change] ?? []
      return concepts.count == 1
        ? "concept \(concepts[0]) \(change)" : "\(thousands(concepts.count)) concepts \(change)"
    }
  }

  // Deciding about the cursor's concept, or all that are marked, is one step of the history.

  mutating func decide(_ action: Override.Action, already: String) {
    let concepts = decidable
    let changed = plan.overriding(concepts, action, clustering: subject.clustering)
    if changed.overrides == plan.overrides {
      let verb = concepts.count == 1 ? "is" : "are"
      return say("\(subjectText(concepts)) \(verb) already \(already); x clears that")
    }
    if propose(changed), !marks.isEmpty { say("\(subjectText(concepts)): \(describe(action))") }
  }

  mutating func clearOverrides() {
    let concepts = notable
    var changed = plan
    changed.setOverrides(of: concepts) { _, _ in nil }
    if propose(changed), !marks.isEmpty { say("\(subjectText(concepts)): override cleared") }
  }

  /// The chosen concepts that have an override, which a note could belong to.
  var notable: [Int] { chosen.filter { plan.override(of: $0) != nil } }
}

extension Plan {
  /// The plan with a note on the overrides of these concepts; an empty text takes it away.
  func noting(_ concepts: [Int], _ text: String) -> Plan {
    let note = text.firstIndex { $0 != " " }.flatMap { begin in
      text.lastIndex { $0 != " " }.map { String(text[begin...$0]) }
    }
    var changed = self
    changed.setOverrides(of: concepts) { _, old in
      old.map { Override(cluster: $0.cluster, action: $0.action, note: note) }
    }
    return changed
  }

  /// The plan with another override of each of these concepts, whose notes stay.
  /// - Parameter concepts: ascending.
  func overriding(_ concepts: [Int], _ action: Override.Action, clustering: String) -> Plan {
    var changed = self
    changed.clustering = clustering
    changed.setOverrides(of: concepts) { cluster, old in
      Override(cluster: cluster, action: action, note: old?.note)
    }
    return changed
  }
}

/// An override in at most a dozen columns: `drop`, `keep all`, `keep 40 %`, `200,000`, `× 2.5`.
func describe(_ action: Override.Action) -> String {
  switch action {
  case .drop: "drop"
  case .keep(let fraction):
    fraction == .one ? "keep all" : "keep " + percent(fraction.doubleValue, 1) + " %"
  case .count(let count): thousands(count)
  case .weight(let weight): "× \(weight)"
  }
}

// The steps of tau: twelve in a decade, of which 0.1, 0.2 and 0.5, the published values, are some.
package enum Temperature {
  private static let rungs: [Double] = [10, 12, 15, 18, 22, 25, 30, 35, 40, 50, 60, 80]

  /// The nearest rung above or below `value`; nil beyond 0.001 and 100.
  ///
  /// Each rung is one correctly rounded division, so going up and down again gives the same bits.
  package static func step(from value: Double, up: Bool) -> Double? {
    let decades: [Double] = [10_000, 1_000, 100, 10, 1]
    let ladder: [Double] = decades.flatMap { decade in rungs.map { $0 / decade } } + [100]
    return up ? ladder.first { $0 > value } : ladder.last { $0 < value }
  }

  /// Three decimals where they say all of it, else as many as it takes.
  package static func text(_ value: Double) -> String {
    let short = fixed(value, 3)
    return Double(short) == value ? short : "\(value)"
  }
}
