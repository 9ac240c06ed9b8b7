// Actions of scenarios, on every screen.

extension Actions {
  static let scenarios: [Action] =
    ([
      Action("scenario.store", ["'"], "store", help: "Store this plan as scenario 1 to 4", rank: 18)
      {
        $0.openMenu(.store)
      }
    ]
    + (1...State.scenarioCount).map { number in
      Action(
        "scenario.recall-\(number)", [.character(Character("\(number)"))], "scenario \(number)",
        help: "Go to scenario \(number)"
      ) { $0.recallScenario(number) }.when { state in
        state.scenarios[number - 1] != nil
          ? .yes : .no("scenario \(number) is empty; ' \(number) stores this plan in it")
      }
    }).on(Context.screens, .scenarios)
}
