// Shift: which plan is compared with the one on the screen, and moving through what differs. The
// cursor is the table's concept; the list of Shift has an order of its own.

import Pruning

/// What the Shift screen remembers.
package struct ShiftState: Sendable {
  /// The number of the scenario that is compared with, from 1; nil for the baseline.
  var before: Int?
  var sorting = ShiftOrder.change
  /// The first line of the list on the screen.
  var top = 0
  /// What is shown; nil before the screen was first looked at.
  package internal(set) var table: ShiftTable?
  /// Whether the screen was opened and not yet settled.
  var isOpening = false
  /// The plans that were last looked at.
  var seen: TurnoverQuestion?
  /// The plans that are kept to go back to, by number less one.
  var scenarios: [Baseline?] = Array(repeating: nil, count: State.scenarioCount)
  var turnovers = Turnovers()
}

extension State {
  var scenarios: [Baseline?] { shift.scenarios }

  var shiftBefore: Baseline {
    shift.before.flatMap { scenarios[$0 - 1] } ?? baseline
  }

  /// Makes the values of Shift anew when a plan is another one.
  /// - Complexity: O(1) when nothing changed, else O(k).
  mutating func settleShift() {
    guard screen == .shift else { return }
    let (filtered, last) = (filtered, shift.table)
    if last?.fits(self, filtered) != true {
      shift.table = ShiftTable(self, filtered, last: last)
    }
    openAtLargestChange()
    shift.top = shiftLines.lowerBound
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
    ShiftLayout(body, scenarios: scenarios.count { $0 != nil })
  }

  /// The cursor's line in the list; nil when the list does not have its concept.
  var shiftLine: Int? {
    cursor.flatMap { cluster in shift.table?.order.firstIndex(of: cluster) }
  }

  /// The cursor in the list.
  var shiftList: ListCursor { ListCursor(line: shiftLine ?? shift.top, top: shift.top) }

  /// The lines of the list on the screen.
  var shiftLines: Range<Int> {
    shiftList.shown(of: shift.table?.order.count ?? 0, lines: shiftLayout.listLines)
  }

  mutating func moveShift(_ step: Int) {
    settleShift()
    guard let order = shift.table?.order, !order.isEmpty else { return }
    var list = ListCursor(line: shiftLine ?? 0)
    list.move(step, of: order.count)
    select(order[list.line])
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
    let choices: [Int?] =
      [nil] + scenarios.indices.filter { scenarios[$0] != nil }.map { $0 + 1 }
    let here = choices.firstIndex(of: shift.before) ?? 0
    shift.before = choices[(here + 1) % choices.count]
    shift.top = 0
  }

  mutating func turnShiftOrder() {
    shift.sorting = shift.sorting.next
    shift.top = 0
    // In another order the interesting lines are the first ones.
    settleShift()
    moveShift(-Int.max)
  }
}
