// The plans that were committed, as the History screen goes through them. They are read beside the
// loop when the screen is opened, and again after a commit.

import Canvas
import Pruning
import Workspace

/// The commits, and the cursor among them.
struct CommitLog: Sendable, Equatable {
  /// The last one first; nil while they have not been read.
  var entries: [HistoryEntry]?
  /// The cursor's line.
  var line = 0
  /// The first line on the screen.
  var top = 0
}

extension State {
  /// The commit under the cursor.
  var logEntry: HistoryEntry? {
    guard let entries = log.entries, entries.indices.contains(log.line) else { return nil }
    return entries[log.line]
  }

  /// Asks for the commits, when they are wanted and not there.
  mutating func requestLog() {
    guard screen == .history, !labelsWait, log.entries == nil, running[.history] == nil else {
      return
    }
    start(.history)
  }

  mutating func moveLog(_ step: Int) {
    guard let count = log.entries?.count, count > 0 else { return }
    let (sum, overflow) = log.line.addingReportingOverflow(step)
    log.line = min(max(0, overflow ? (step > 0 ? Int.max : 0) : sum), count - 1)
    let lines = max(1, HistoryScreen.lines(Layout(self, size).body))
    log.top = min(max(log.top, log.line - lines + 1), log.line)
  }

  mutating func take(_ entries: [HistoryEntry]) {
    log.entries = entries
    moveLog(0)
  }

  /// Makes the commit under the cursor the plan.
  mutating func recall() {
    guard let entry = logEntry, let wish = entry.plan else { return }
    if wish == plan {
      say("plan \(entry.number) is the plan already")
      return
    }
    let before = plan
    guard propose(wish) else { return }
    say("plan \(entry.number) is back: \(difference(from: before, to: wish)); u undoes it")
  }

  /// Compares with the commit under the cursor from now on.
  mutating func compareWithEntry() {
    guard let entry = logEntry, let plan = entry.plan else { return }
    do {
      let quota = try solver.solve(plan).quota
      setBaseline(
        Baseline(label: "plan \(entry.number)", plan: plan, quota: quota, isChosen: true))
      say("changes are counted against plan \(entry.number) now")
    } catch {
      warn("plan \(entry.number) cannot be compared with: \(error)")
    }
  }

  /// Compares with another plan from now on.
  mutating func setBaseline(_ baseline: Baseline) {
    self.baseline = baseline
    compare()
    follow(.plan)
  }
}
