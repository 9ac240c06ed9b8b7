// The keys of everything that lies above a screen, but for the commit.

extension Actions {
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

  static let menuLines: [Action] = (1...State.scenarioCount).map { number in
    Action(
      "menu.line-\(number)", [.character(Character("\(number)"))], [.menu], .answering,
      label: "line \(number)", help: "Take line \(number) of a menu"
    ) { $0.chooseMenuLine(number - 1) }
  }
}

extension State {
  mutating func scrollHelp(_ step: Int) {
    guard case .help(let top)? = overlay else { return }
    let last = max(0, helpLines(width: size.width).count - (Layout(self, size).body.height - 2))
    overlay = .help(top: min(max(0, top + step), last))
  }
}
