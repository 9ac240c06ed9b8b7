// Help, quitting, and going from screen to screen.

extension Actions {
  /// One action a screen, from the registry.
  static let screens: [Action] = Screens.all.map { screen in
    Action(
      "screen.\(screen.context)", [screen.key], Context.screens,
      .general, label: screen.title, help: "Go to \(screen.title)"
    ) { $0.open(screen.context) }
  }

  static let general: [Action] = [
    Action(
      "help", ["?", .function(1)], Context.screens, .general, label: "help",
      help: "All keys and what they do", barRank: 0
    ) { $0.overlay = .help(top: 0) },
    Action(
      "pane", ["v"], [.concepts, .map], .general, label: "pane",
      help: "Show or hide the detail pane", barRank: 17
    ) { $0.turnPane() }.when { state in
      state.hasRoomForPane
        ? .yes : .no("the detail pane needs 110 columns; D shows it by itself")
    },
    Action(
      "back", [.escape], Context.screens.subtracting([.concepts]), .general, label: "back",
      help: "Back to Concepts", barRank: 2
    ) { $0.open(.concepts) },
    Action(
      "cancel-work", [.control("c")], Set(Context.allCases), .general, label: "cancel",
      help: "Cancel the work under way; never quits"
    ) { state in
      if state.running.isEmpty, state.overlay != nil {
        state.closeOverlay()
      } else {
        state.cancelWork()
      }
    },
    Action(
      "redraw", [.control("l")], Set(Context.allCases), .general, label: "redraw",
      help: "Write the whole screen anew"
    ) { $0.redraws += 1 },
    Action(
      "palette", [":"], Context.screens, .general, label: "palette",
      help: "Find any action by its name, and do it", barRank: 12
    ) { $0.overlay = .palette(ActionPalette()) },
    Action(
      "copy", ["y"], Context.screens, .general, label: "copy",
      help: "Copy the row's key, or the concept", barRank: 20
    ) { $0.copy() }.when { state in
      if state.cursor == nil { return .no("there is no concept to copy") }
      return state.shownScreen.copyable(state) == nil ? .no("the row is not read yet") : .yes
    },
    Action(
      "suspend", [.control("z")], Set(Context.allCases), .general, label: "suspend",
      help: "Back to the shell; fg comes back here"
    ) { $0.suspensions += 1 },
    Action(
      "quit", ["q"], Context.screens, .general, label: "quit",
      help: "Quit; asks if the plan is not saved", barRank: 16
    ) { state in
      if state.losesPlan { state.ask(.quit) } else { state.isFinished = true }
    }.when {
      $0.running(CommitOrder.self) == nil
        ? .yes : .no("a commit is under way; wait for it, or cancel it with Ctrl-C")
    },
  ]
}
