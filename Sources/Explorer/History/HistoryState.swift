// The plans that were committed, as the History screen goes through them. They are read beside the
// loop when the screen is opened, and again after a commit.

import Pruning
import Workspace

struct HistoryState: Sendable {
  /// The last one first; nil while they have not been read.
  var entries: [HistoryEntry]?
  var list = ListCursor()

  var entry: HistoryEntry? {
    guard let entries, entries.indices.contains(list.line) else { return nil }
    return entries[list.line]
  }
}

/// Every plan that was committed, the last one first.
public struct HistoryQuestion: Request {
  public static var fillsScreen: Bool { true }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> [HistoryEntry]? {
    try work.plans.history(goesOn: progress)
  }

  public func receive(_ answer: [HistoryEntry], _ state: inout State) {
    state.history.entries = answer
    state.moveHistory(0)
  }

  public func fail(_ reason: String, _ state: inout State) { state.history.entries = [] }
}

extension State {
  mutating func requestHistory() {
    guard !pagesWait, history.entries == nil, running(HistoryQuestion.self) == nil else { return }
    start(HistoryQuestion())
  }

  mutating func moveHistory(_ step: Int) {
    guard let count = history.entries?.count, count > 0 else { return }
    let lines = HistoryScreen().page(self)
    history.list.move(step, of: count, lines: lines)
  }

  mutating func recall() {
    guard let entry = history.entry, let wish = entry.plan else { return }
    if wish == plan {
      return say("plan \(entry.number) is already the current plan")
    }
    let before = plan
    guard propose(wish) else { return }
    say("plan \(entry.number) is back: \(difference(from: before, to: wish)); u undoes it")
  }

  mutating func compareWithEntry() {
    guard let entry = history.entry, let plan = entry.plan else { return }
    do {
      let quota = try solver.solve(plan).quota
      setBaseline(
        Baseline(label: "plan \(entry.number)", plan: plan, quota: quota, isChosen: true))
      say("changes are now counted against plan \(entry.number)")
    } catch {
      warn("cannot compare with plan \(entry.number): \(error)")
    }
  }

  mutating func setBaseline(_ baseline: Baseline) {
    self.baseline = baseline
    compare()
    follow(.plan)
  }
}
