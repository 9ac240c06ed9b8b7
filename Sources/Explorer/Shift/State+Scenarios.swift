// Scenarios: four plans to go back to and to compare with. They live as long as the
// explorer runs; what is to stay is committed.

import Canvas
import Pruning

extension State {
  static let scenarioCount = 4

  /// Keeps the plan on the screen as scenario 1 to 4.
  mutating func storeScenario(_ number: Int) {
    let old = scenarios[number - 1]
    if old?.plan == plan { return say("scenario \(number) is already this plan") }
    shift.scenarios[number - 1] = Baseline(
      label: "scenario \(number)", plan: plan, quota: quotas.quota)
    say(
      "this plan is now scenario \(number); \(number) brings it back"
        + (old == nil ? "" : ", and the previous one is gone"))
  }

  /// Makes a stored plan the plan; undo takes it back.
  mutating func recallScenario(_ number: Int) {
    guard let stored = scenarios[number - 1] else { return }
    let changes = differences(from: plan, to: stored.plan)
    guard !changes.isEmpty else {
      return say("the plan on the screen is already scenario \(number)")
    }
    guard propose(stored.plan) else { return }
    let more = changes.count > 3 ? " and \(changes.count - 3) more" : ""
    say("scenario \(number): \(changes.prefix(3).joined(separator: ", "))\(more)")
  }

  /// What a plan is, in one line: `27.70 %  complexity  τ 0.100  hardest  2 overrides`.
  func summary(of plan: Plan) -> [String] {
    let part = Double(plan.target) / Double(max(1, subject.candidates))
    var words = [percent(part, 2) + " %", plan.strategy.rawValue]
    if plan.strategy.usesTemperature { words.append("τ " + Temperature.text(plan.temperature)) }
    words.append(plan.order.rawValue)
    if plan.minimum != 1 { words.append("min " + thousands(plan.minimum)) }
    if plan.share != 0 { words.append("share \(plan.share)") }
    if !plan.overrides.isEmpty { words.append(grouped(plan.overrides.count, "override")) }
    return words
  }
}

extension Actions {
  static let scenarios: [Action] =
    ([
      Action("scenario.store", ["'"], "store", help: "Store this plan as scenario 1 to 4", rank: 18)
      {
        $0.overlay = .menu(.store($0))
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
