// What was committed, for people to look at: a damaged file is a line that says so, not an error.

import Foundations
import Pruning
import Storage

/// A commit as its files tell it.
public struct HistoryEntry: Sendable, Equatable {
  public let number: Int
  /// Nil where the log has no readable line of it.
  public let time: String?
  public let note: String?
  public let outputs: [CommittedOutput]
  /// Nil when the plan cannot be used; then `fault` says why.
  public let plan: Plan?
  public let fault: String?

  package init(
    number: Int, time: String?, note: String?, outputs: [CommittedOutput], plan: Plan?,
    fault: String?
  ) {
    (self.number, self.time, self.note) = (number, time, note)
    (self.outputs, self.plan, self.fault) = (outputs, plan, fault)
  }
}

extension PlanStore {
  /// Every commit whose plan lies here, the last one first.
  ///
  /// - Parameter goesOn: asked before each plan is read; nil is returned once it says no.
  /// - Throws: ``WinnowError`` when the folder cannot be listed or the log not be read.
  public func history(goesOn: (Double) -> Bool) throws(WinnowError) -> [HistoryEntry]? {
    let lines = try loggedLines()
    let numbers = try numbers()
    var entries: [HistoryEntry] = []
    for (done, number) in numbers.reversed().enumerated() {
      guard goesOn(Double(done) / Double(numbers.count)) else { return nil }
      var plan: Plan?
      var fault: String?
      do {
        plan = try read(path(number))
        if plan == nil {
          fault =
            "its overrides are of another clustering: cluster numbers mean other concepts here"
        }
      } catch { fault = error.description }
      let line = lines[number]
      entries.append(
        HistoryEntry(
          number: number, time: line?.time, note: line?.note, outputs: line?.outputs ?? [],
          plan: plan, fault: fault))
    }
    return entries
  }

  /// The lines of the log by the plan's number; those that are no lines of ours are left out.
  private func loggedLines() throws(WinnowError) -> [Int: HistoryLine] {
    guard pathKind(historyPath) == .file else { return [:] }
    let lines = try InputFile.contents(of: historyPath).split(separator: 0x0A)
      .compactMap { decodeJSON(HistoryLine.self, $0) }
    return Dictionary(lines.map { ($0.plan, $0) }) { _, later in later }
  }
}
