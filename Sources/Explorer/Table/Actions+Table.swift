// Actions of the Concepts table: what it shows, in which order, and marking.

extension Actions {
  /// Sorting, filtering and marking.
  static let table: [Action] = [
    Action(
      "filter", ["/"], [.concepts], .sorting, label: "filter",
      help: "Show some: food !red /^a/ keep<10% marked", barRank: 7
    ) { $0.openFilter() },
    Action(
      "filter.clear", [.escape], [.concepts], .sorting, label: "clear filter",
      help: "Show all concepts again"
    ) { $0.clearFilter() }.when {
      $0.table.filter.filter.isEmpty ? .no("no filter hides anything; q quits") : .yes
    },
    Action(
      "sort", ["s"], [.concepts], .sorting, label: "sort",
      help: "Choose the column to sort by", barRank: 8
    ) { $0.openMenu(.sort) },
    Action(
      "sort-reverse", ["r"], [.concepts], .sorting, label: "reverse", help: "Turn the order around"
    ) { $0.sort(by: $0.table.column) },
    Action(
      "sort-second-reverse", ["R"], [.concepts], .sorting, label: "reverse 2nd",
      help: "Turn the second column's order around"
    ) { state in
      state.table.second?.isDescending.toggle()
      state.sortTable()
    }.when { state in
      state.table.second == nil
        ? .no("there is no second column; s in the menu of s chooses one") : .yes
    },
    Action(
      "sort-left", ["h", .left, "<"], [.concepts], .sorting, label: "sort left",
      help: "Sort by the column to the left"
    ) { $0.sortByNeighbour(-1) },
    Action(
      "sort-right", ["l", .right, ">"], [.concepts], .sorting, label: "sort right",
      help: "Sort by the column to the right"
    ) { $0.sortByNeighbour(1) },
    Action(
      "mark", [" "], [.concepts, .detail], .sorting, label: "mark",
      help: "Mark it, or take its mark away; go down", barRank: 12
    ) { $0.turnMark() }.when { $0.cursor == nil ? .no("there is no concept here") : .yes },
    Action(
      "mark.shown", ["*"], [.concepts, .detail], .sorting, label: "mark shown",
      help: "Mark all concepts that are shown", barRank: 21
    ) { $0.markShown() }.when { $0.cursor == nil ? .no("no concept is shown") : .yes },
    Action(
      "mark.invert", ["~"], [.concepts, .detail], .sorting, label: "invert marks",
      help: "Exchange marked and not marked, if shown"
    ) { $0.invertMarks() }.when { $0.cursor == nil ? .no("no concept is shown") : .yes },
    Action(
      "mark.clear", ["U"], [.concepts, .detail], .sorting, label: "unmark",
      help: "Take all marks away", barRank: 22
    ) { $0.clearMarks() }.when { $0.marks.isEmpty ? .no("nothing is marked") : .yes },
  ]
}
