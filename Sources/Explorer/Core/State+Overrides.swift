// Deciding about concepts: the cursor's, or all that are marked, in one step of the history.

import Pruning

extension State {
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
