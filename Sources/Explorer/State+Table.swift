// The table of concepts: its order, its cursor, and which part of it is on the screen. The cursor
// is a concept and not a line; sorting moves the line and keeps it as far down the screen as it was.

import Pruning

/// The order and the cursor.
package struct Table: Sendable {
  package internal(set) var column = Column.complexity
  package internal(set) var isDescending = true
  /// The concepts in the order of the screen.
  package internal(set) var order: [Int]
  /// The concept under the cursor.
  var cursor = 0
  /// The cursor's place in `order`.
  package internal(set) var position = 0
  /// The place of the first line on the screen.
  package internal(set) var top = 0

  init(clusters: Int) { order = Array(0..<clusters) }
}

extension State {
  /// Sorts by the table's column; the cursor stays on its concept.
  /// - Complexity: O(k).
  mutating func sortTable() {
    table.order = radixOrder(table.column.values(self), descending: table.isDescending)
    let position = table.order.firstIndex(of: table.cursor) ?? 0
    table.top = max(0, position - (table.position - table.top))
    table.position = position
    showCursor()
  }

  /// Sorts by `column`: anew in its usual direction, or the other way if it is sorted by already.
  mutating func sort(by column: Column) {
    if table.column == column {
      table.isDescending.toggle()
    } else {
      table.column = column
      table.isDescending = column.startsDescending
    }
    sortTable()
  }

  /// The next (or previous) sortable column.
  mutating func sortByNeighbour(_ step: Int) {
    let sortable = Column.allCases.filter(\.isSortable)
    let here = sortable.firstIndex(of: table.column) ?? 0
    sort(by: sortable[(here + step + sortable.count) % sortable.count])
  }

  /// Moves the cursor by `step` lines, as far as there are any.
  /// - Complexity: O(1).
  mutating func moveCursor(_ step: Int) {
    guard !table.order.isEmpty else { return }
    let (sum, overflow) = table.position.addingReportingOverflow(step)
    let wish = overflow ? (step > 0 ? Int.max : 0) : sum
    table.position = min(max(0, wish), table.order.count - 1)
    table.cursor = table.order[table.position]
    showCursor()
  }

  /// Moves by lines on the screen that keys go to.
  mutating func move(_ step: Int) { Screens.entry(screen).move(&self, step) }

  /// The lines of a page of the screen, less one that stays.
  var pageStep: Int { max(1, Screens.entry(screen).page(self) - 1) }

  /// Scrolls as little as needed to have the cursor on the screen.
  mutating func showCursor() {
    table.top = visibleTop(lines: tableLines(size))
  }

  /// The first line to show in `lines` lines: the table's own, moved to show the cursor and to
  /// leave no room empty.
  func visibleTop(lines: Int) -> Int {
    let lines = max(1, lines)
    var top = min(table.top, table.position)
    top = max(top, table.position - lines + 1)
    return max(0, min(top, table.order.count - lines))
  }
}
