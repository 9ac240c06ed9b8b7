// Shift: which plan is compared with the one on the screen, and moving through what differs. The
// cursor is the table's concept; the list of Shift has an order of its own.

import Canvas
import Pruning

/// The plan that Shift compares with.
enum ShiftBefore: Sendable, Equatable {
  case baseline
  /// By its number, 1 to 4.
  case scenario(Int)
}

/// Where the Shift screen is.
package struct Shift: Sendable {
  var before = ShiftBefore.baseline
  var sorting = ShiftOrder.change
  /// The place of the list's first line on the screen.
  var top = 0
  /// What is shown; nil before the screen was first looked at.
  package internal(set) var table: ShiftTable?
  /// Whether the screen was opened and not yet settled.
  var isOpening = false
  /// The plans that were last looked at.
  var seen: TurnoverQuestion?
}

extension State {
  /// Goes to a screen.
  mutating func open(_ id: ScreenID) {
    shift.isOpening = id == .shift && screen != .shift
    screen = id
  }

  /// The plan before.
  var shiftBefore: Baseline {
    if case .scenario(let number) = shift.before, let stored = scenarios[number - 1] {
      return stored
    }
    return baseline
  }

  /// Makes the values of Shift anew when a plan is another one.
  /// - Complexity: O(1) when nothing changed, else O(k).
  mutating func settleShift() {
    guard screen == .shift else { return }
    let before = shiftBefore
    let width = shiftLayout.plotColumns
    let filtered = filtered
    if shift.table?.fits(
      self, before: before, sorting: shift.sorting, filtered: filtered, width: width) != true
    {
      shift.table = ShiftTable(
        self, before: before, sorting: shift.sorting, filtered: filtered, width: width,
        last: shift.table)
    }
    openAtLargestChange()
    shift.top = shiftTop(lines: shiftLayout.list.height - 1)
  }

  /// Plans that were not looked at before are shown from their largest change on; who comes back to
  /// the same ones finds the cursor's concept.
  private mutating func openAtLargestChange() {
    guard let table = shift.table else { return }
    let isNew = shift.isOpening && shift.seen != table.comparison.question
    shift.isOpening = false
    shift.seen = table.comparison.question
    guard isNew, table.sorting != .share, let first = table.order.first,
      table.comparison.old.quota[first] != quotas.quota[first]
    else { return }
    shift.top = 0
    select(first)
  }

  /// How the screen is shared out at the state's own size.
  var shiftLayout: ShiftLayout {
    ShiftLayout(Layout(self, size).body, scenarios: scenarios.count { $0 != nil })
  }

  /// The cursor's place in the list.
  var shiftPosition: Int? {
    guard let cluster = cursor else { return nil }
    return shift.table?.order.firstIndex(of: cluster)
  }

  /// The first line to show in `lines` lines.
  func shiftTop(lines: Int) -> Int {
    let lines = max(1, lines)
    let count = shift.table?.order.count ?? 0
    var top = shift.top
    if let position = shiftPosition {
      top = max(min(top, position), position - lines + 1)
    }
    return max(0, min(top, count - lines))
  }

  /// Moves through the list.
  mutating func moveShift(_ step: Int) {
    settleShift()
    guard let order = shift.table?.order, !order.isEmpty else { return }
    let here = shiftPosition ?? 0
    let (sum, overflow) = here.addingReportingOverflow(step)
    let wish = overflow ? (step > 0 ? Int.max : 0) : sum
    select(order[min(max(0, wish), order.count - 1)])
    settleShift()
  }

  /// Goes to the next column of the plot, to the left or right.
  mutating func moveShiftColumn(_ step: Int) {
    settleShift()
    guard let table = shift.table, let cluster = cursor else { return }
    let columns = shiftLayout.plotColumns
    let here = table.ranking.column(of: cluster, of: columns) ?? 0
    guard let next = table.ranking.concept(inColumn: here + step, of: columns) else { return }
    select(next)
    settleShift()
  }

  /// The next plan to compare with: the baseline, then the stored scenarios.
  mutating func turnBefore() {
    let choices =
      [ShiftBefore.baseline]
      + scenarios.indices.filter { scenarios[$0] != nil }.map { .scenario($0 + 1) }
    let here = choices.firstIndex(of: shift.before) ?? 0
    shift.before = choices[(here + 1) % choices.count]
    shift.top = 0
  }

  mutating func turnShiftOrder() {
    let all = ShiftOrder.allCases
    let here = all.firstIndex(of: shift.sorting) ?? 0
    shift.sorting = all[(here + 1) % all.count]
    shift.top = 0
    // In another order the interesting lines are the first ones.
    settleShift()
    moveShift(-Int.max)
  }

  /// Puts the cursor on a concept, wherever it stands in the table.
  /// - Complexity: O(k).
  mutating func select(_ cluster: Int) {
    guard let position = table.order.firstIndex(of: cluster) else {
      say("concept \(cluster) does not pass the filter of Concepts")
      return
    }
    table.position = position
    table.cursor = cluster
    showCursor()
  }
}
