// Actions that change what is looked at.

extension Actions {
  static let moving: [Action] = [
    Action(
      "down", ["j", .down], Context.screens, .moving, label: "down", help: "One line down"
    ) { $0.move(1) },
    Action(
      "up", ["k", .up], Context.screens, .moving, label: "up", help: "One line up"
    ) { $0.move(-1) },
    Action(
      "page-down", [.pageDown, .control("f")], Context.screens, .moving, label: "page down",
      help: "One page down"
    ) { $0.move($0.pageStep) },
    Action(
      "page-up", [.pageUp, .control("b")], Context.screens, .moving, label: "page up",
      help: "One page up"
    ) { $0.move(-$0.pageStep) },
    Action(
      "first", ["g", .home], Context.screens, .moving, label: "first", help: "To the first line"
    ) { $0.move(-Int.max) },
    Action(
      "last", ["G", .end], Context.screens, .moving, label: "last", help: "To the last line"
    ) { $0.move(Int.max) },
  ]

  static let items: [Action] = [
    Action(
      "items.open", [.enter], [.concepts, .detail, .shift, .map], .items, label: "items",
      help: "Every row of the concept", barRank: 6
    ) { $0.screen = .items }.when { $0.cursor == nil ? .no("there is no concept here") : .yes },
    Action(
      "items.cut", ["."], [.items], .items, label: "cut", help: "To the last row that is kept",
      barRank: 3
    ) { $0.goToCut() }.when { state in
      guard let cluster = state.cursor else { return .no("there is no concept") }
      let (quota, size) = (state.quotas.quota[cluster], state.subject.scores.size[cluster])
      if quota == 0 { return .no("no row is kept: there is no cut") }
      if quota == size { return .no("all rows are kept: there is no cut") }
      return state.plan.order == .stratified
        ? .no("stratified keeps rows at all distances: there is no cut") : .yes
    },
    Action(
      "items.rank", ["J"], [.items], .items, label: "rank",
      help: "Type a rank (0 is first) or a per cent", barRank: 3
    ) { $0.overlay = .prompt(Prompt(purpose: .rank)) },
    Action(
      "items.previous", ["h", .left], [.items], .items, label: "concept",
      help: "The concept above this one", barRank: 4, barKeys: "← →"
    ) { $0.moveCursor(-1) },
    Action(
      "items.next", ["l", .right], [.items], .items, label: "next concept",
      help: "The concept below this one"
    ) { $0.moveCursor(1) },
  ]

  static let sorting: [Action] = [
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
  ]

  static let marking: [Action] = [
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
