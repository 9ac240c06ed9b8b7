// Actions that change what is looked at.

extension Actions {
  static let moving: [Action] = [
    Action("down", ["j", .down], "down", help: "One line down") { $0.move(1) },
    Action("up", ["k", .up], "up", help: "One line up") { $0.move(-1) },
    Action(
      "page-down", [.pageDown, .control("f")], "page down", help: "One page down"
    ) { $0.move($0.pageStep) },
    Action(
      "page-up", [.pageUp, .control("b")], "page up", help: "One page up"
    ) { $0.move(-$0.pageStep) },
    Action("first", ["g", .home], "first", help: "To the first line") { $0.move(-Int.max) },
    Action("last", ["G", .end], "last", help: "To the last line") { $0.move(Int.max) },
  ].on(Context.screens, .moving)
}
