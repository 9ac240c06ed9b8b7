// Actions of the Concepts table: what it shows, in which order, and marking.

extension Actions {
  /// Sorting, filtering and marking.
  static let table: [Action] = [
    Action(
      "filter", ["/"], "filter", help: "Filter: food !red /^a/ keep<10% marked", rank: 7
    ) { $0.openFilter() },
    Action(
      "filter.clear", [.escape], "clear filter", help: "Show all concepts again"
    ) { $0.clearFilter() }.when {
      $0.table.filter.filter.isEmpty ? .no("no filter hides anything; q quits") : .yes
    },
    Action(
      "sort", ["s"], "sort", help: "Choose the column to sort by", rank: 8
    ) { $0.overlay = .menu(.sort($0)) },
    Action(
      "sort-reverse", ["r"], "reverse", help: "Reverse the order"
    ) { $0.sort(by: $0.table.column) },
    Action(
      "sort-second-reverse", ["R"], "reverse 2nd", help: "Reverse the order of the second column"
    ) { state in
      state.table.second?.isDescending.toggle()
      state.sortTable()
    }.when { state in
      state.table.second == nil
        ? .no("there is no second column; s in the menu of s chooses one") : .yes
    },
    Action(
      "sort-left", ["h", .left, "<"], "sort left", help: "Sort by the column to the left"
    ) { $0.sortByNeighbour(-1) },
    Action(
      "sort-right", ["l", .right, ">"], "sort right", help: "Sort by the column to the right"
    ) { $0.sortByNeighbour(1) },
    Action(
      "mark", [" "], "mark", on: [.concepts, .detail],
      help: "Mark or unmark it, and move down", rank: 12
    ) { $0.turnMark() }.when { $0.cursor == nil ? .no("there is no concept here") : .yes },
    Action(
      "mark.shown", ["*"], "mark shown", on: [.concepts, .detail],
      help: "Mark all concepts that are shown", rank: 21
    ) { $0.markShown() }.when { $0.cursor == nil ? .no("no concept is shown") : .yes },
    Action(
      "mark.invert", ["~"], "invert marks", on: [.concepts, .detail],
      help: "Invert the marks of the concepts shown"
    ) { $0.invertMarks() }.when { $0.cursor == nil ? .no("no concept is shown") : .yes },
    Action(
      "mark.clear", ["U"], "unmark", on: [.concepts, .detail], help: "Unmark all", rank: 22
    ) { $0.clearMarks() }.when { $0.marks.isEmpty ? .no("nothing is marked") : .yes },
  ].on([.concepts], .sorting)
}
