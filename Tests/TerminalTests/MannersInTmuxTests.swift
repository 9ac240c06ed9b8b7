// How the explorer behaves toward the terminal, its other programs, and the person at it: the mouse,
// the clipboard, the shell's jobs, resizing, and long undoing.

import Foundation
import Testing

@Suite(.serialized) struct MannersInTmuxTests {
  private let explorer: ExplorerSession

  init() throws { explorer = try ExplorerSession() }

  // MARK: Mouse

  @Test func theMouseSelectsSortsAndScrolls() throws {
    let session = try explorer.explorer(width: 240, height: 40)
    let opened = try session.wait(for: "Concepts ─ 40 of 40")
    #expect(try session.value("#{mouse_any_flag}") == "1")
    let lines = opened.split(separator: "\n", omittingEmptySubsequences: false)
    let titles = try #require(lines.firstIndex { $0.contains("quota") && $0.contains("#") })
    let quota = try #require(lines[titles].range(of: "quota"))
    try session.click(
      x: lines[titles].distance(from: lines[titles].startIndex, to: quota.lowerBound), y: titles)
    try session.wait(for: "by quota ↓")
    try session.press("g")
    try session.wait("the first line") { $0.contains(" 1 / 40 ") }
    try session.click(x: 10, y: titles + 4)
    try session.wait("the fourth line") { $0.contains(" 4 / 40 ") }
    try session.wheelDown(x: 10, y: titles + 4)
    try session.wait("the fourth line, now the first") { text in
      text.contains(" 4 / 40 ")
        && text.split(separator: "\n", omittingEmptySubsequences: false)[titles + 1].contains("▸")
    }
    try session.click(x: 10, y: titles + 1)
    try session.wait(for: "Items ─")
    // The key bar, and columns that the old report of the mouse could not name.
    try session.press("Escape")
    // The key bar is written last, and that of Items has its help elsewhere.
    let back = try session.wait("Concepts with its key bar") {
      $0.contains("Concepts ─ 40 of 40") && $0.contains("Space mark") && $0.contains(": palette")
    }
    let bar = back.split(separator: "\n", omittingEmptySubsequences: false)
    let y = try #require(bar.lastIndex { $0.contains("? help") })
    let help = try #require(bar[y].range(of: "? help"))
    try session.click(x: bar[y].distance(from: bar[y].startIndex, to: help.lowerBound), y: y)
    try session.wait(for: "Target up by 1 %")
    try session.press("Escape")
    try session.wait("no help") { !$0.contains("Target up by 1 %") }
    try session.press("q")
    try explorer.expectTerminalAsBefore(session)
  }

  @Test(arguments: [true, false])
  func mouseEscapesAreWrittenOnlyWhenWanted(_ isWanted: Bool) throws {
    let session = try explorer.explorer(flags: isWanted ? "" : "--no-mouse", recorded: "bytes")
    try session.wait(for: "Concepts ─ 40 of 40")
    #expect(try session.value("#{mouse_any_flag}") == (isWanted ? "1" : "0"))
    try session.press("j", "C-l", "q")
    try explorer.expectTerminalAsBefore(session)
    let bytes = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: explorer.folder + "/bytes")),
      as: UTF8.self)
    #expect(bytes.contains("Concepts"))
    for mode in ["?9h", "?1000", "?1001", "?1002", "?1003", "?1005", "?1006", "?1015", "?1016"] {
      #expect(
        bytes.contains("\u{1B}[" + mode) == (isWanted && ["?1000", "?1006"].contains(mode)),
        "\(mode)")
    }
  }

  // MARK: Clipboard

  @Test func theConceptIsCopiedByTheTerminal() throws {
    let session = try explorer.explorer()
    try session.wait(for: "Concepts ─ 40 of 40")
    try session.tmux(["set", "-g", "set-clipboard", "on"])
    try session.press("y")
    let screen = try session.wait(for: "copied: ")
    let line = try #require(screen.split(separator: "\n").first { $0.contains("copied: ") })
    let shown = line[line.range(of: "copied: ")!.upperBound...]
      .trimmingCharacters(in: .whitespaces)
    var copied = ""
    try session.wait("the copy") { _ in
      copied = (try? session.tmux(["show-buffer"])) ?? ""
      return !copied.isEmpty
    }
    #expect(copied.trimmingCharacters(in: .newlines) == shown)
    // The screen is as it was: copying moved nothing.
    #expect(screen.contains("Concepts ─ 40 of 40"))
  }

  @Test func aPasteIsText() throws {
    let session = try explorer.explorer()
    let opened = try explorer.target(try session.wait(for: "Concepts ─ 40 of 40"))
    try session.press("n")
    try session.tmux(["set-buffer", "300\nq"])
    try session.tmux(["paste-buffer", "-p", "-t", "s"])
    let pasted = try session.wait(for: "300 q")
    #expect(try explorer.target(pasted) == opened)
    // Escape and a letter at once would be the letter with Alt.
    try session.press("Escape")
    try session.wait("no prompt") { !$0.contains("300 q") }
    try session.press("q")
    try explorer.expectTerminalAsBefore(session)
  }

  // MARK: Jobs

  @Test func theShellStopsItAndHasItGoOn() throws {
    let session = try explorer.explorerInShell()
    let opened = try explorer.target(try session.wait(for: "Concepts ─ 40 of 40"))
    let child = try session.child()
    for way in ["the key", "the signal"] {
      try explorer.expectExplorersScreen(session)
      if way == "the key" { try session.press("C-z") } else { kill(child, SIGTSTP) }
      try session.wait("the shell, by \(way)") { $0.contains("Stopped") }
      try explorer.expectOrdinaryScreen(session)
      // The terminal has another size when it goes on.
      let width = way == "the key" ? 100 : 80
      try session.resize(width: width, height: 24)
      try session.type("clear; stty -g | cmp - before && echo the same modes")
      try session.press("Enter")
      try session.wait("the modes") {
        $0.contains("\nthe same modes") || $0.hasPrefix("the same modes")
      }
      try session.type("clear; fg")
      try session.press("Enter")
      let back = try session.wait("all of it, by \(way)") { text in
        text.contains("? help")
          && text.split(separator: "\n").contains {
            $0.hasPrefix("┌") && $0.hasSuffix("┐") && $0.count == width
          }
      }
      #expect(try explorer.target(back) == opened)
    }
    // Keys act as before.
    try session.press("-")
    try session.wait("a lower target") { (explorer.shownTarget($0) ?? opened) < opened }
    // Stopped without a chance to give the terminal back, it still comes back whole.
    kill(child, SIGSTOP)
    try session.wait("the shell") { $0.contains("Stopped") }
    try session.type("clear; fg")
    try session.press("Enter")
    try session.wait("all of it again") {
      $0.contains("? help") && $0.contains("Concepts ─ 40 of 40")
    }
    try explorer.expectExplorersScreen(session)
    try session.press("q", "y")
    try session.wait("the shell again") { $0.contains("ready>") && !$0.contains("Concepts ─") }
    try explorer.expectOrdinaryScreen(session)
  }

  // MARK: Work

  @Test func aHundredTimesBackAndForthIsTheSame() throws {
    let session = try explorer.explorer()
    let keep = explorer.folder + "/keep.txt"
    try session.wait(for: "Concepts ─ 40 of 40")
    // A hundred changes: of the target, and concepts that are dropped.
    try session.tmux(["send-keys", "-t", "s", "-N", "60", "["])
    for _ in 0..<10 { try session.press("j", "d", "]", "]", "]") }
    try commit(session, "plan 1 is committed")
    let tuned = try explorer.target(try session.screen())
    let first = try Data(contentsOf: URL(fileURLWithPath: keep))
    try session.tmux(["send-keys", "-t", "s", "-N", "100", "u"])
    try session.press("u")
    try session.wait(for: "there is nothing to undo")
    #expect(try explorer.target(try session.screen()) != tuned)
    try session.tmux(["send-keys", "-t", "s", "-N", "100", "C-r"])
    try session.press("C-r")
    try session.wait(for: "there is nothing to redo")
    #expect(try explorer.target(try session.screen()) == tuned)
    for name in [keep, keep + ".winnow.json"] { try FileManager.default.removeItem(atPath: name) }
    try commit(session, "plan 2 is committed")
    #expect(try Data(contentsOf: URL(fileURLWithPath: keep)) == first)
    #expect(first.split(separator: UInt8(ascii: "\n")).count == tuned)
    try session.press("q")
    try explorer.expectTerminalAsBefore(session)
  }

  private func commit(_ session: TmuxSession, _ words: String) throws {
    try session.press("c")
    try session.wait(for: "nothing there")
    try session.press("y")
    try session.wait(for: words)
  }

  @Test func sizesChangeWhileItWorks() throws {
    let session = try explorer.explorer(width: 200, height: 60)
    try session.wait(for: "Concepts ─ 40 of 40")
    for step in 0..<18 {
      try session.resize(width: 200 - 10 * step, height: max(5, 60 - 3 * step))
      try session.press("-", "j", step % 3 == 0 ? "D" : step % 3 == 1 ? "I" : "C")
    }
    try session.resize(width: 20, height: 5)
    try session.wait(for: "this is 20x5")
    for step in 0..<18 {
      try session.resize(width: 20 + 10 * step, height: 5 + 3 * step)
      // The help opens and closes, an even number of times.
      try session.press("+", "k", "?")
    }
    try session.resize(width: 200, height: 60)
    try session.press("C")
    let screen = try session.wait("the table") { text in
      text.contains("Concepts ─ 40 of 40")
        && text.split(separator: "\n").contains {
          $0.hasPrefix("┌") && $0.hasSuffix("┐") && $0.count == 200
        }
    }
    _ = try explorer.target(screen)
    try session.press("q")
    try session.wait("a question or the end") {
      $0.contains("not committed") || $0.contains("ended with")
    }
    if try session.screen().contains("not committed") { try session.press("y") }
    try explorer.expectTerminalAsBefore(session)
  }
}
