// The keys of everything that lies above a screen, but for the commit.

extension Actions {
  static let answering: [Action] = [
    Action(
      "prompt.accept", [.enter], "accept", on: [.prompt], help: "Accept what was typed", rank: 0
    ) { $0.acceptPrompt() },
    Action(
      "prompt.erase", [.backspace], "erase", on: [.prompt, .palette],
      help: "Erase the last character", rank: 2
    ) { $0.eraseCharacter() },
    Action(
      "prompt.erase-all", [.control("u")], "erase all", on: [.prompt, .palette],
      help: "Erase everything typed", rank: 3
    ) { $0.eraseLine() },
    Action(
      "palette.down", [.down, .tab, .control("n")], "choose", on: [.palette],
      help: "The next action of the palette", rank: 1, shown: "↑ ↓"
    ) { $0.movePalette(1) },
    Action(
      "palette.up", [.up, .backTab, .control("p")], "up", on: [.palette],
      help: "The previous action of the palette"
    ) { $0.movePalette(-1) },
    Action(
      "palette.accept", [.enter], "do it", on: [.palette],
      help: "Run the highlighted action", rank: 0
    ) { $0.acceptPalette() },
    Action(
      "menu.down", [.down, "j", .tab], "choose", on: [.menu],
      help: "The next line of a menu", rank: 1, shown: "↑ ↓"
    ) { $0.moveMenu(1) },
    Action(
      "menu.up", [.up, "k", .backTab], "up", on: [.menu], help: "The previous line of a menu"
    ) { $0.moveMenu(-1) },
    Action(
      "menu.accept", [.enter, " "], "take it", on: [.menu],
      help: "Choose the highlighted line", rank: 0
    ) { $0.acceptMenu() },
    Action(
      "menu.second", ["s"], "second column", on: [.menu],
      help: "Sort: use this as the second column", rank: 3
    ) { $0.acceptSecond() }.when { state in
      if case .menu(let menu)? = state.overlay, menu.second != nil { return .yes }
      return .no("this menu has no second column")
    },
    Action(
      "close", [.escape], "close", on: [.prompt, .menu, .dialogue, .commit, .help, .palette],
      help: "Close it and change nothing", rank: 1
    ) { $0.closeOverlay() },
    Action(
      "help.close", ["?", "q", .enter, .function(1)], "close", help: "Close the help"
    ) { $0.overlay = nil },
    Action(
      "help.down", [.down, "j"], "scroll", help: "Scroll the help down", rank: 2, shown: "↑ ↓"
    ) { $0.scrollHelp(1) },
    Action("help.up", [.up, "k"], "up", help: "Scroll the help up") { $0.scrollHelp(-1) },
    Action(
      "help.page-down", [.pageDown, " "], "page", help: "Scroll the help down one page"
    ) { $0.scrollHelp(max(1, $0.body.height - 3)) },
    Action(
      "help.page-up", [.pageUp], "page up", help: "Scroll the help up one page"
    ) { $0.scrollHelp(-max(1, $0.body.height - 3)) },
  ].on([.help], .answering)

  static let menuLines: [Action] = (1...State.scenarioCount).map { number in
    Action(
      "menu.line-\(number)", [.character(Character("\(number)"))], "line \(number)",
      help: "Choose line \(number) of a menu"
    ) { $0.acceptMenu(at: number - 1) }
  }.on([.menu], .answering)
}

extension State {
  mutating func scrollHelp(_ step: Int) {
    guard case .help(let top)? = overlay else { return }
    let last = max(0, helpLines(width: size.width).count - (body.height - 2))
    overlay = .help(top: min(max(0, top + step), last))
  }
}
