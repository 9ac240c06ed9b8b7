// Actions that change the plan.

import Pruning

extension Actions {
  static let target: [Action] = [
    Action(
      "target.up", ["+", "="], "target",
      help: "Target up by 1 % of the candidates", rank: 1, shown: "+ -"
    ) { $0.moveTarget(permille: 10) },
    Action(
      "target.down", ["-"], "target down", help: "Target down by 1 % of the candidates"
    ) { $0.moveTarget(permille: -10) },
    Action(
      "target.up-little", ["]"], "0.1 %", help: "Target up by 0.1 %", rank: 11, shown: "] ["
    ) { $0.moveTarget(permille: 1) },
    Action(
      "target.down-little", ["["], "0.1 % down", help: "Target down by 0.1 %"
    ) { $0.moveTarget(permille: -1) },
    Action(
      "target.up-much", ["}"], "10 %", help: "Target up by 10 %", rank: 13, shown: "} {"
    ) { $0.moveTarget(permille: 100) },
    Action(
      "target.down-much", ["{"], "10 % down", help: "Target down by 10 %"
    ) { $0.moveTarget(permille: -100) },
    Action(
      "target.type", ["n"], "type", help: "Type a target: 84,000,000 84M 27.7% +10k", rank: 3
    ) { $0.overlay = .prompt(.target) },
  ].on(Context.screens, .target)

  static let plan: [Action] = [
    Action(
      "tau.down", ["t"], "tau",
      help: "Lower temperature τ: favour complex ones", rank: 4, shown: "t T"
    ) { $0.moveTemperature(up: false) }.when(usesTemperature),
    Action(
      "tau.up", ["T"], "tau up", help: "Raise temperature τ: treat all more alike"
    ) { $0.moveTemperature(up: true) }.when(usesTemperature),
    Action(
      "strategy", ["S"], "strategy", help: "Choose the strategy", rank: 9
    ) { $0.overlay = .menu(.strategy($0)) },
    Action(
      "order", ["o"], "order", help: "Choose which rows are kept first", rank: 12
    ) { $0.overlay = .menu(.order($0)) },
    Action(
      "minimum", ["m"], "minimum", help: "Minimum: rows that each concept keeps", rank: 18
    ) { $0.overlay = .prompt(.minimum) },
    Action(
      "share", ["e"], "share", help: "Minimum share of the mean quota", rank: 19
    ) { $0.overlay = .prompt(.share) },
    Action(
      "undo", ["u"], "undo", help: "Undo the last change of the plan", rank: 6
    ) { $0.undo() }.when { $0.undoStack.past.isEmpty ? .no("there is nothing to undo") : .yes },
    Action(
      "redo", [.control("r")], "redo", help: "Redo", rank: 15
    ) { $0.redo() }.when {
      $0.undoStack.future.isEmpty ? .no("there is nothing to redo") : .yes
    },
    Action(
      "baseline", ["b"], "baseline", on: Context.screens.subtracting([.history]),
      help: "Make this plan the baseline", rank: 14
    ) { state in
      state.setBaseline(
        Baseline(
          label: "the plan set by b", plan: state.plan, quota: state.quotas.quota, isChosen: true))
      state.say("changes are now counted against this plan")
    },
    Action(
      "commit", ["c"], "commit", help: "Write the keep list and store the plan", rank: 2
    ) { $0.openCommit() }.when {
      $0.running(CommitOrder.self) == nil ? .yes : .no("a commit is under way; Ctrl-C cancels it")
    },
  ].on(Context.screens, .plan)

  static let concept: [Action] = [
    Action(
      "drop", ["d"], "drop", help: "Drop it: keep none of its rows", rank: 5
    ) { $0.decide(.drop, already: "dropped") }.when(canDecide),
    Action(
      "keep-all", ["a"], "all", help: "Keep all of its rows", rank: 7
    ) { $0.decide(.keep(.one), already: "kept whole") }.when(canDecide),
    Action(
      "pin", ["p"], "pin", help: "Pin it: type a percentage or a count", rank: 7
    ) { $0.overlay = .prompt(.pin($0.decidable, $0)) }.when(canDecide),
    Action(
      "weight", ["w"], "weight", help: "Weight it: type a factor for its share", rank: 11
    ) { $0.overlay = .prompt(.weight($0.decidable)) }.when(canDecide),
    Action(
      "clear", ["x"], "clear", help: "Clear its override", rank: 10
    ) { $0.clearOverrides() }.when { $0.canNote() },
    Action(
      "note", ["N"], "note", help: "Add a note to its override", rank: 20
    ) { state in
      let concepts = state.notable
      let note = state.plan.override(of: concepts[0])?.note ?? ""
      state.overlay = .prompt(.note(concepts, note))
    }.when { $0.canNote("; notes need one: d a p w make one") },
  ].on(Context.screens, .concept)

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
        ? "concept \(first) has no rows, so there is nothing to decide"
        : "the marked concepts have no rows, so there is nothing to decide")
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
