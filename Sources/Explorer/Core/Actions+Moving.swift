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
}
