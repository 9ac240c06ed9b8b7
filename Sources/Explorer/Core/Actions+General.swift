// Help, quitting, going from screen to screen and moving on one.

extension Actions {
  /// One action a screen, from the registry.
  static let screens: [Action] = Screens.all.map { screen in
    Action(
      "screen.\(screen.context)", [screen.key], screen.title, help: "Go to \(screen.title)"
    ) { $0.open(screen.context) }
  }.on(Context.screens, .general)

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

  static let general: [Action] = [
    Action(
      "help", ["?", .function(1)], "help", help: "All keys and what they do", rank: 0
    ) { $0.overlay = .help(top: 0) },
    Action(
      "pane", ["v"], "pane", on: [.concepts, .map], help: "Show or hide the detail pane", rank: 17
    ) { $0.turnPane() }.when { state in
      state.hasRoomForPane
        ? .yes : .no("the detail pane needs 110 columns; D shows it full screen")
    },
    Action(
      "back", [.escape], "back", on: Context.screens.subtracting([.concepts]),
      help: "Back to Concepts", rank: 2
    ) { $0.open(.concepts) },
    Action(
      "cancel-work", [.control("c")], "cancel", on: Set(Context.allCases),
      help: "Cancel running work; never quits"
    ) { state in
      if state.running.isEmpty, state.overlay != nil {
        state.closeOverlay()
      } else {
        state.cancelWork()
      }
    },
    Action(
      "redraw", [.control("l")], "redraw", on: Set(Context.allCases),
      help: "Redraw the screen"
    ) { $0.redraws += 1 },
    Action(
      "palette", [":"], "palette", help: "Find and run any action by name", rank: 12
    ) { $0.overlay = .palette(ActionPalette()) },
    Action(
      "copy", ["y"], "copy", help: "Copy the row's key, or the concept", rank: 20
    ) { $0.copy() }.when { state in
      if state.cursor == nil { return .no("there is no concept to copy") }
      return state.shownScreen.copyable(state) == nil ? .no("the row has not been read yet") : .yes
    },
    Action(
      "suspend", [.control("z")], "suspend", on: Set(Context.allCases),
      help: "Suspend; type fg in the shell to return"
    ) { $0.suspensions += 1 },
    Action(
      "quit", ["q"], "quit", help: "Quit; asks first if the plan is unsaved", rank: 16
    ) { state in
      if state.isUnsaved, state.plan != state.draft {
        state.overlay = .question(.quit(state))
      } else {
        state.isFinished = true
      }
    }.when {
      $0.running(CommitOrder.self) == nil
        ? .yes : .no("a commit is under way; wait for it, or cancel it with Ctrl-C")
    },
  ].on(Context.screens, .general)
}
