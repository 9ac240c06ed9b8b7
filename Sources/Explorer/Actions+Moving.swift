// Actions that change what is looked at.

extension Actions {
  static let moving: [Action] = [
    Action(
      "down", ["j", .down], Context.screens, .moving, label: "down", help: "One line down"
    ) { $0.moveCursor(1) },
    Action(
      "up", ["k", .up], Context.screens, .moving, label: "up", help: "One line up"
    ) { $0.moveCursor(-1) },
    Action(
      "page-down", [.pageDown, .control("f")], Context.screens, .moving, label: "page down",
      help: "One page down"
    ) { $0.moveCursor(max(1, $0.tableLines($0.size) - 1)) },
    Action(
      "page-up", [.pageUp, .control("b")], Context.screens, .moving, label: "page up",
      help: "One page up"
    ) { $0.moveCursor(-max(1, $0.tableLines($0.size) - 1)) },
    Action(
      "first", ["g", .home], Context.screens, .moving, label: "first", help: "To the first line"
    ) { $0.moveCursor(-$0.subject.clusters) },
    Action(
      "last", ["G", .end], Context.screens, .moving, label: "last", help: "To the last line"
    ) { $0.moveCursor($0.subject.clusters) },
  ]

  static let sorting: [Action] = [
    Action(
      "sort", ["s"], [.concepts], .sorting, label: "sort",
      help: "Choose the column to sort by", barRank: 8
    ) { $0.openMenu(.sort) },
    Action(
      "sort-reverse", ["r"], [.concepts], .sorting, label: "reverse", help: "Turn the order around"
    ) { $0.sort(by: $0.table.column) },
    Action(
      "sort-left", ["h", .left, "<"], [.concepts], .sorting, label: "sort left",
      help: "Sort by the column to the left"
    ) { $0.sortByNeighbour(-1) },
    Action(
      "sort-right", ["l", .right, ">"], [.concepts], .sorting, label: "sort right",
      help: "Sort by the column to the right"
    ) { $0.sortByNeighbour(1) },
  ]
}
