// How far two plans keep the same rows: exact where quotas tell it, else between bounds until the
// rows have been counted beside the loop.

import Pruning
import Workspace

/// Two plans whose rows are to be compared. Arrays that share their memory are equal at once, so
/// comparing questions is cheap.
public struct TurnoverQuestion: Request {
  public let old: Plan
  public let oldQuota: [Int]
  public let new: Plan
  public let newQuota: [Int]

  public static var fillsScreen: Bool { true }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Turnover? {
    try work.workspace.turnover(
      from: old, oldQuota, to: new, newQuota, threads: work.threads, progress: progress)
  }

  public func receive(_ answer: Turnover, _ state: inout State) {
    state.shift.turnovers.note(self, answer)
  }

  // What failed is not asked for again, and a long count that was cancelled does not begin again
  // with the next key; the bounds stay.
  public func fail(_ reason: String, _ state: inout State) { stop(&state) }
  public func endCancelled(_ state: inout State) { stop(&state) }
  public func stop(_ state: inout State) { state.shift.turnovers.note(self, nil) }
}

struct Overlap: Sendable, Equatable {
  /// The fewest and the most rows that enter and leave; equal once it is exact.
  let least: Turnover
  let most: Turnover
  /// The rows that the older and the newer plan keep.
  let before: Int
  let after: Int

  var isExact: Bool { least == most }
  /// Rows that both keep, at least.
  var both: Int { after - most.entering }
  /// The same as a part of the newer plan's rows, at least.
  var part: Double { after == 0 ? 1 : Double(both) / Double(after) }
  /// Rows of both over rows of either, at least.
  var jaccard: Double {
    let either = before + most.entering
    return either == 0 ? 1 : Double(both) / Double(either)
  }
}

/// The answers of the last questions; a few, newest last.
struct Turnovers: Sendable {
  private static let most = 16
  private var known: [(question: TurnoverQuestion, turnover: Turnover?)] = []

  /// The answer; `.some(nil)` when it was given up or could not be counted.
  func answer(_ question: TurnoverQuestion) -> Turnover?? {
    known.last { $0.question == question }?.turnover
  }

  /// Forgets what was given up, so that it is asked for again.
  mutating func forgetUnanswered() { known.removeAll { $0.turnover == nil } }

  mutating func note(_ question: TurnoverQuestion, _ turnover: Turnover?) {
    known.removeAll { $0.question == question }
    known.append((question, turnover))
    if known.count > Turnovers.most { known.removeFirst() }
  }
}

extension State {
  /// What is known about the rows of a comparison by now.
  func overlap(_ comparison: Comparison) -> Overlap {
    let counted = shift.turnovers.answer(comparison.question) ?? nil
    return Overlap(
      least: counted ?? comparison.least, most: counted ?? comparison.most,
      before: comparison.old.plan.target, after: comparison.question.new.target)
  }

  /// Asks for the first count that Shift lacks; what it no longer needs is given up.
  mutating func requestTurnover() {
    let shift = shift
    let wanted = shift.table?.uncounted ?? []
    if let asked = running(TurnoverQuestion.self) {
      if wanted.contains(asked) { return }
      giveUp(TurnoverQuestion.self)
    }
    guard !pagesWait, let question = wanted.first(where: { shift.turnovers.answer($0) == nil })
    else { return }
    start(question)
  }
}
