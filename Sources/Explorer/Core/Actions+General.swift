// Help, quitting, and the keys of everything that lies above a screen.

extension Actions {
  /// One action a screen, from the registry.
  static let screens: [Action] = Screens.all.map { screen in
    Action(
      "screen.\(screen.id.rawValue)", [screen.key], Context.screens,
      .general, label: screen.title, help: "Go to \(screen.title)"
    ) { $0.open(screen.id) }
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
    ) { $0.screen = .concepts },
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
      return state.copyable == nil ? .no("the row is not read yet") : .yes
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
      $0.running[.commit] == nil
        ? .yes : .no("a commit is under way; wait for it, or cancel it with Ctrl-C")
    },
  ]

  static let answering: [Action] = [
    Action(
      "prompt.accept", [.enter], [.prompt], .answering, label: "accept",
      help: "Accept what was typed", barRank: 0
    ) { $0.acceptPrompt() },
    Action(
      "prompt.erase", [.backspace], [.prompt, .palette], .answering, label: "erase",
      help: "Erase the last character", barRank: 2
    ) { $0.eraseCharacter() },
    Action(
      "prompt.erase-all", [.control("u")], [.prompt, .palette], .answering, label: "erase all",
      help: "Erase everything typed", barRank: 3
    ) { $0.eraseLine() },
    Action(
      "palette.down", [.down, .tab, .control("n")], [.palette], .answering, label: "choose",
      help: "The next action of the palette", barRank: 1, barKeys: "↑ ↓"
    ) { $0.movePalette(1) },
    Action(
      "palette.up", [.up, .backTab, .control("p")], [.palette], .answering, label: "up",
      help: "The previous action of the palette"
    ) { $0.movePalette(-1) },
    Action(
      "palette.accept", [.enter], [.palette], .answering, label: "do it",
      help: "Do the highlighted action", barRank: 0
    ) { $0.acceptPalette() },
    Action(
      "menu.down", [.down, "j", .tab], [.menu], .answering, label: "choose",
      help: "The next line of a menu", barRank: 1, barKeys: "↑ ↓"
    ) { $0.moveMenu(1) },
    Action(
      "menu.up", [.up, "k", .backTab], [.menu], .answering, label: "up",
      help: "The previous line of a menu"
    ) { $0.moveMenu(-1) },
    Action(
      "menu.accept", [.enter, " "], [.menu], .answering, label: "take it",
      help: "Take the highlighted line", barRank: 0
    ) { $0.acceptMenu() },
    Action(
      "menu.second", ["s"], [.menu], .answering, label: "second column",
      help: "Sort: take it as the second column", barRank: 3
    ) { $0.acceptSecond() }.when { state in
      if case .menu(let menu)? = state.overlay, menu.purpose == .sort { return .yes }
      return .no("this menu has no second choice")
    },
    Action(
      "close", [.escape], [.prompt, .menu, .dialogue, .commit, .help, .palette], .answering,
      label: "close",
      help: "Close it and change nothing", barRank: 1
    ) { $0.closeOverlay() },
    Action(
      "help.close", ["?", "q", .enter, .function(1)], [.help], .answering, label: "close",
      help: "Close the help"
    ) { $0.overlay = nil },
    Action(
      "help.down", [.down, "j"], [.help], .answering, label: "scroll",
      help: "Scroll the help down", barRank: 2, barKeys: "↑ ↓"
    ) { $0.scrollHelp(1) },
    Action(
      "help.up", [.up, "k"], [.help], .answering, label: "up", help: "Scroll the help up"
    ) { $0.scrollHelp(-1) },
    Action(
      "help.page-down", [.pageDown, " "], [.help], .answering, label: "page",
      help: "One page of help down"
    ) { $0.scrollHelp(max(1, Layout($0, $0.size).body.height - 3)) },
    Action(
      "help.page-up", [.pageUp], [.help], .answering, label: "page up",
      help: "One page of help up"
    ) { $0.scrollHelp(-max(1, Layout($0, $0.size).body.height - 3)) },
  ]
}

extension State {
  mutating func scrollHelp(_ step: Int) {
    guard case .help(let top)? = overlay else { return }
    let last = max(0, helpLines(width: size.width).count - (Layout(self, size).body.height - 2))
    overlay = .help(top: min(max(0, top + step), last))
  }
}
