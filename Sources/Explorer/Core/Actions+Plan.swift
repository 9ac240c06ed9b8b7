// Actions that change the plan.

import Canvas
import Pruning

extension Actions {
  static let target: [Action] = [
    Action(
      "target.up", ["+", "="], Context.screens, .target, label: "target",
      help: "Target up by 1 % of the candidates", barRank: 1, barKeys: "+ -"
    ) { $0.moveTarget(permille: 10) },
    Action(
      "target.down", ["-"], Context.screens, .target, label: "target down",
      help: "Target down by 1 % of the candidates"
    ) { $0.moveTarget(permille: -10) },
    Action(
      "target.up-little", ["]"], Context.screens, .target, label: "0.1 %",
      help: "Target up by 0.1 %", barRank: 11, barKeys: "] ["
    ) { $0.moveTarget(permille: 1) },
    Action(
      "target.down-little", ["["], Context.screens, .target, label: "0.1 % down",
      help: "Target down by 0.1 %"
    ) { $0.moveTarget(permille: -1) },
    Action(
      "target.up-much", ["}"], Context.screens, .target, label: "10 %",
      help: "Target up by 10 %", barRank: 13, barKeys: "} {"
    ) { $0.moveTarget(permille: 100) },
    Action(
      "target.down-much", ["{"], Context.screens, .target, label: "10 % down",
      help: "Target down by 10 %"
    ) { $0.moveTarget(permille: -100) },
    Action(
      "target.type", ["n"], Context.screens, .target, label: "type",
      help: "Type it: 84,000,000, 84M, 27.7%, +10k", barRank: 3
    ) { $0.overlay = .prompt(Prompt(purpose: .target)) },
  ]

  static let plan: [Action] = [
    Action(
      "tau.down", ["t"], Context.screens, .plan, label: "tau",
      help: "Temperature τ down: favour complex ones", barRank: 4, barKeys: "t T"
    ) { $0.moveTemperature(up: false) }.when(usesTemperature),
    Action(
      "tau.up", ["T"], Context.screens, .plan, label: "tau up",
      help: "Temperature τ up: treat all more alike"
    ) { $0.moveTemperature(up: true) }.when(usesTemperature),
    Action(
      "strategy", ["S"], Context.screens, .plan, label: "strategy",
      help: "Choose what the shares follow", barRank: 9
    ) { $0.openMenu(.strategy) },
    Action(
      "order", ["o"], Context.screens, .plan, label: "order",
      help: "Choose which rows are kept first", barRank: 12
    ) { $0.openMenu(.order) },
    Action(
      "minimum", ["m"], Context.screens, .plan, label: "minimum",
      help: "Minimum: rows that each concept keeps", barRank: 18
    ) { $0.overlay = .prompt(Prompt(purpose: .minimum)) },
    Action(
      "share", ["e"], Context.screens, .plan, label: "share",
      help: "Share of the mean quota that each keeps", barRank: 19
    ) { $0.overlay = .prompt(Prompt(purpose: .share)) },
    Action(
      "undo", ["u"], Context.screens, .plan, label: "undo",
      help: "Undo the last change of the plan",
      barRank: 6
    ) { $0.undo() }.when { $0.undoStack.past.isEmpty ? .no("there is nothing to undo") : .yes },
    Action(
      "redo", [.control("r")], Context.screens, .plan, label: "redo",
      help: "Do again what was undone", barRank: 15
    ) { $0.redo() }.when { $0.undoStack.future.isEmpty ? .no("there is nothing to do again") : .yes },
    Action(
      "baseline", ["b"], Context.screens.subtracting([.history]), .plan, label: "baseline",
      help: "Compare with this plan from now on", barRank: 14
    ) { state in
      state.setBaseline(
        Baseline(
          label: "the plan set by b", plan: state.plan, quota: state.quotas.quota, isChosen: true))
      state.say("changes are counted against this plan now")
    },
    Action(
      "commit", ["c"], Context.screens, .plan, label: "commit",
      help: "Write the keep list and store the plan", barRank: 2
    ) { $0.openCommit() }.when {
      $0.running(CommitOrder.self) == nil ? .yes : .no("a commit is under way; Ctrl-C cancels it")
    },
  ]

  static let concept: [Action] = [
    Action(
      "drop", ["d"], Context.screens, .concept, label: "drop",
      help: "Drop it: keep none of its rows",
      barRank: 5
    ) { $0.decide(.drop, already: "dropped") }.when(canDecide),
    Action(
      "keep-all", ["a"], Context.screens, .concept, label: "all", help: "Keep all of its rows",
      barRank: 7
    ) { $0.decide(.keep(.one), already: "kept whole") }.when(canDecide),
    Action(
      "pin", ["p"], Context.screens, .concept, label: "pin",
      help: "Pin it: type a per cent or a count", barRank: 7
    ) { $0.overlay = .prompt(Prompt(purpose: .pin($0.decidable))) }.when(canDecide),
    Action(
      "weight", ["w"], Context.screens, .concept, label: "weight",
      help: "Weigh it: type what its share is times", barRank: 11
    ) { $0.overlay = .prompt(Prompt(purpose: .weight($0.decidable))) }.when(canDecide),
    Action(
      "clear", ["x"], Context.screens, .concept, label: "clear",
      help: "Clear its override", barRank: 10
    ) { $0.clearOverrides() }.when { $0.canNote() },
    Action(
      "note", ["N"], Context.screens, .concept, label: "note",
      help: "Type why: a note to its override", barRank: 20
    ) { state in
      let concepts = state.notable
      let note = state.plan.override(of: concepts[0])?.note ?? ""
      state.overlay = .prompt(Prompt(purpose: .note(concepts), text: note))
    }.when { $0.canNote("; a note belongs to one: d a p w make one") },
  ]

  private static let usesTemperature: @Sendable (State) -> Action.Availability = { state in
    state.plan.strategy.usesTemperature
      ? .yes : .no("the strategy \(state.plan.strategy.rawValue) does not use τ; S chooses another")
  }

  private static let canDecide: @Sendable (State) -> Action.Availability = { state in
    let chosen = state.chosen
    guard let first = chosen.first else { return .no("there is no concept here") }
    guard chosen.allSatisfy({ state.subject.scores.size[$0] == 0 }) else { return .yes }
    return .no(
      chosen.count == 1
        ? "concept \(first) has no rows: there is nothing to decide"
        : "the marked concepts have no rows: there is nothing to decide")
  }
}

extension State {
  /// Whether some chosen concept has an override.
  fileprivate func canNote(_ remedy: String = "") -> Action.Availability {
    let chosen = chosen
    guard let first = chosen.first else { return .no("there is no concept here") }
    if chosen.contains(where: { plan.override(of: $0) != nil }) { return .yes }
    return .no(
      (marks.isEmpty ? "concept \(first) has no override" : "no marked concept has an override")
        + remedy)
  }
}
