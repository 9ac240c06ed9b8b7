// Marks: concepts that are decided about together. They stay through sorting, filtering and every
// change of the plan, until they are taken away.

import Canvas
import Pruning

extension State {
  /// Marks the cursor's concept, or takes its mark away, and goes on to the next line.
  mutating func turnMark() {
    guard let cluster = cursor else { return }
    if marks.contains(cluster) { marks.remove(cluster) } else { marks.insert(cluster) }
    moveCursor(1)
    follow(.marks)
  }

  mutating func markShown() {
    if let filtered { marks.merge(filtered) } else { marks = .all(subject.clusters) }
    saySelection()
    follow(.marks)
  }

  /// Marks what is not marked, and the other way round, among those that are shown.
  mutating func invertMarks() {
    marks.invert(within: filtered ?? .all(subject.clusters))
    saySelection()
    follow(.marks)
  }

  mutating func clearMarks() {
    marks = RowSet(rows: subject.clusters)
    say("all marks cleared")
    follow(.marks)
  }

  private mutating func saySelection() {
    say(marks.isEmpty ? "nothing is marked" : marksText + "; d a p w x N apply to all of them")
  }

  /// How many are marked, and how many of those the filter hides: `37 marked, 12 not shown`.
  var marksText: String {
    let hidden = filtered.map { marks.countMissing(in: $0) } ?? 0
    return thousands(marks.count) + " marked"
      + (hidden > 0 ? ", \(thousands(hidden)) not shown" : "")
  }

  /// What a decision is about: the marked concepts, or else the cursor's. Ascending.
  /// - Complexity: O(k / 64 + marks).
  var chosen: [Int] {
    marks.isEmpty ? cursor.map { [$0] } ?? [] : Array(marks)
  }

  /// The chosen concepts that have rows, so that there is something to decide.
  var decidable: [Int] { chosen.filter { subject.scores.size[$0] > 0 } }

  /// `concept 212`, or `37 marked concepts`, as the beginning of a sentence or in the midst of one.
  func subjectText(_ concepts: [Int]) -> String {
    if concepts.count == 1, marks.isEmpty { return "concept \(concepts[0])" }
    return grouped(concepts.count, "marked concept")
  }
}
