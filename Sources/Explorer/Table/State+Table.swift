// The table of concepts: its order, its filter, its cursor, and which part of it is on the screen.
// The cursor is a concept and not a line; sorting moves the line and keeps it as far down the
// screen as it was, and a filter that hides the concept moves the cursor to the nearest line left.

import Canvas
import Pruning

/// The order and the cursor.
package struct Table: Sendable {
  /// What it is sorted by, and what decides where that is equal.
  package internal(set) var sorting = Sorting(column: .complexity)
  package internal(set) var second: Sorting?
  var filter = FilterState()
  /// All concepts, in the order that the sorting gives.
  private(set) var sorted: [Int]
  /// Those that pass the filter: the lines of the screen.
  package internal(set) var order: [Int]
  /// The concept under the cursor; it means nothing while no line is shown.
  var cursor = 0
  /// The cursor among the lines.
  package internal(set) var list = ListCursor()
  /// The order that `second` gives, and what it is of; kept while it follows from no plan.
  private var kept: (sorting: Sorting, order: [Int])?

  init(clusters: Int) {
    sorted = Array(0..<clusters)
    order = sorted
  }

  /// What the table is sorted by first.
  package var column: Column { sorting.column }
  package var isDescending: Bool { sorting.isDescending }

  fileprivate mutating func sort(_ values: (Column) -> [Double]) {
    var ties: [Int]?
    if let second, second.column != column {
      if let kept, kept.sorting == second {
        ties = kept.order
      } else {
        ties = radixOrder(values(second.column), descending: second.isDescending)
        let lasts = !second.column.followsPlan && second.column != .concept
        kept = lasts ? ties.map { (second, $0) } : nil
      }
    }
    sorted = radixOrder(values(column), descending: isDescending, ties: ties)
  }

  /// Puts the lines in order, and the cursor on its concept or on the nearest line left.
  fileprivate mutating func arrange(_ shown: RowSet?) {
    let offset = position - top
    if let shown {
      var lines: [Int] = []
      lines.reserveCapacity(sorted.count)
      list.line = 0
      for concept in sorted {
        if concept == cursor { list.line = lines.count }
        if shown.contains(concept) { lines.append(concept) }
      }
      order = lines
    } else {
      order = sorted
      list.line = sorted.firstIndex(of: cursor) ?? 0
    }
    list.move(0, of: order.count)
    if !order.isEmpty { cursor = order[position] }
    list.top = max(0, position - offset)
  }

  /// The cursor's line in `order`.
  package var position: Int { list.line }
  /// The first line on the screen.
  package var top: Int { list.top }
}

/// A column to sort by, and which way.
package struct Sorting: Sendable, Equatable {
  package var column: Column
  package var isDescending: Bool

  package init(column: Column) {
    self.column = column
    // Amounts begin with the largest, numbers and names with the smallest.
    isDescending = column != .number && column != .concept
  }

  var arrow: String { isDescending ? "↓" : "↑" }
}

extension State {
  /// Sorts the table; the cursor stays on its concept.
  /// - Complexity: O(k).
  mutating func sortTable() {
    // Without the table in it, so that its arrays are not copied.
    let state = self
    table.sort { $0.values(state) }
    arrangeTable()
  }

  /// Filters the sorted concepts, and has the cursor on the screen.
  /// - Complexity: O(k).
  mutating func arrangeTable() {
    table.arrange(filtered)
    showCursor()
  }

  /// Sorts and filters anew as far as either looks at what has changed.
  mutating func follow(_ change: FilterTerm.Dependence) {
    let isFiltered = refilter(change)
    if [table.column, table.second?.column].contains(where: { $0?.follows(change) == true }) {
      sortTable()
    } else if isFiltered {
      arrangeTable()
    }
  }

  /// Sorts by `column`: anew in its usual direction, or the other way if it is sorted by already.
  mutating func sort(by column: Column) {
    if table.column == column {
      table.sorting.isDescending.toggle()
    } else {
      table.sorting = Sorting(column: column)
    }
    sortTable()
  }

  /// Takes `column` to decide where the first is equal; then turns it around, then takes it away.
  mutating func sortSecond(by column: Column) {
    if column == table.column {
      table.second = nil
      say("sorted by \(column.shortName(subject)) only")
    } else if table.second?.column != column {
      table.second = Sorting(column: column)
    } else if table.second == Sorting(column: column) {
      table.second?.isDescending.toggle()
    } else {
      table.second = nil
    }
    sortTable()
  }

  /// The next (or previous) column.
  mutating func sortByNeighbour(_ step: Int) {
    let columns = subject.columns
    let here = columns.firstIndex(of: table.column) ?? 0
    sort(by: columns[(here + step + columns.count) % columns.count])
  }

  /// Whether a column has a say in the order.
  func isSorted(by column: Column) -> Bool {
    column == table.column || column == table.second?.column
  }

  /// What the table is sorted by: `quota ↓, size ↑`.
  var sortingText: String {
    var text = "\(table.column.shortName(subject)) \(table.sorting.arrow)"
    if let second = table.second, second.column != table.column {
      text += ", \(second.column.shortName(subject)) \(second.arrow)"
    }
    return text
  }

  /// Moves the cursor by `step` lines, as far as there are any.
  /// - Complexity: O(1).
  mutating func moveCursor(_ step: Int) {
    table.list.move(step, of: table.order.count)
    followList()
  }

  mutating func scrollTable(_ step: Int) {
    table.list.scroll(step, of: table.order.count, lines: tableLines)
    followList()
  }

  /// Puts the cursor on a concept, wherever it stands in the table.
  /// - Complexity: O(k).
  mutating func select(_ cluster: Int) {
    guard let line = table.order.firstIndex(of: cluster) else {
      return say("concept \(cluster) is hidden by the filter in Concepts")
    }
    moveCursor(line - table.position)
  }

  /// Has the cursor on the concept of its line, and on the screen.
  private mutating func followList() {
    guard !table.order.isEmpty else { return }
    table.cursor = table.order[table.position]
    showCursor()
  }

  /// Moves by lines on the screen that keys go to.
  mutating func move(_ step: Int) { shownScreen.move(&self, step) }

  /// The lines of a page of the screen, less one that stays.
  var pageStep: Int { max(1, shownScreen.page(self) - 1) }

  /// Scrolls as little as needed to have the cursor on the screen.
  mutating func showCursor() {
    table.list.move(0, of: table.order.count, lines: tableLines)
  }

  /// The lines of the table on the screen: borders and titles take three.
  var tableLines: Int { max(0, conceptsRegions(body).table.height - 3) }

  /// ` 3 / 200 `: where the cursor is in the table.
  var positionText: String {
    " \(thousands(table.position + 1)) / \(thousands(table.order.count)) "
  }
}
