// The explorer as a user has it: the program, in a terminal, by keys. The terminal must come back
// as it was, however the program ends.

import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ExplorerInTmuxTests {
  private let session: ExplorerSession
  private var folder: String { session.folder }

  init() throws { session = try ExplorerSession() }

  private func workspace() throws -> String { try session.workspace() }

  private func explorer(
    width: Int = 120, height: Int = 36, term: String = "xterm-256color", variables: String = ""
  ) throws -> TmuxSession {
    try session.explorer(width: width, height: height, term: term, variables: variables)
  }

  private func target(_ screen: String) throws -> Int { try session.target(screen) }

  /// Waits for a target, and quotas that add up to it.
  private func target(
    in session: TmuxSession, _ what: String, _ isWanted: (Int) -> Bool
  ) throws -> Int {
    try target(try session.wait(what) { self.session.shownTarget($0).map(isWanted) ?? false })
  }

  private func expectTerminalAsBefore(_ session: TmuxSession) throws {
    try self.session.expectTerminalAsBefore(session)
  }

  @Test func tuneAndCommit() throws {
    let session = try explorer()
    let opened = try target(try session.wait(for: "Concepts ─ 40 of 40"))
    #expect(try session.value("#{alternate_on}") == "1")
    #expect(try session.value("#{cursor_flag}") == "0")
    try session.press("-")
    let lower = try target(in: session, "another target") { $0 != opened }
    #expect(lower < opened)
    try session.press("+")
    #expect(try target(in: session, "the target again") { $0 == opened } == opened)
    try session.press("+")
    let higher = try target(in: session, "a higher target") { $0 > opened }
    try session.press("j", "j", "d")
    #expect(try target(try session.wait(for: "drop ")) == higher)
    try session.press("u")
    let undone = try session.wait(for: "undone: concept")
    #expect(try target(undone) == higher)
    #expect(undone.contains("plan, changed"))
    try session.press("?")
    #expect(try target(try session.wait(for: "Target up by 1 %")) == higher)
    // ESC acts at once, and Ctrl-C does not quit.
    try session.press("Escape")
    try session.wait("the table") { !$0.contains("Target up by 1 %") }
    try session.press("C-c")
    try session.wait(for: "nothing is under way")
    try session.press("c")
    #expect(try target(try session.wait(for: "nothing there")) == higher)
    try session.press("Enter")
    try session.wait("no question") { !$0.contains("Commit this plan?") }
    #expect(!FileManager.default.fileExists(atPath: folder + "/keep.txt"))
    try session.press("c")
    try session.wait(for: "nothing there")
    try session.press("y")
    let committed = try session.wait(for: "plan 1 is committed")
    #expect(try target(committed) == higher)
    let kept = try String(contentsOfFile: folder + "/keep.txt", encoding: .utf8)
    #expect(kept.split(separator: "\n").count == higher)
    #expect(FileManager.default.fileExists(atPath: folder + "/keep.txt.winnow.json"))
    #expect(FileManager.default.fileExists(atPath: folder + "/sample/plans/0001.json"))
    try session.press("q")
    try expectTerminalAsBefore(session)
    #expect(try session.screen().contains("ended with 0"))
  }

  @Test func quittingAsksWhenThePlanIsUnsaved() throws {
    let session = try explorer(width: 80, height: 24)
    try session.wait(for: "Concepts ─ 40 of 40")
    try session.press("+", "q")
    try session.wait(for: "This plan is not committed")
    try session.press("n")
    try session.wait("the table") { !$0.contains("This plan is not committed") }
    try session.press("q", "y")
    try expectTerminalAsBefore(session)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGTRAP, SIGILL])
  func signalsGiveTheTerminalBack(_ number: Int32) throws {
    let session = try explorer(width: 80, height: 24)
    try session.wait(for: "Concepts ─ 40 of 40")
    try session.press("+")
    try session.wait(for: "opening plan, changed")
    kill(try session.child(), number)
    try expectTerminalAsBefore(session)
    #expect(try session.screen().contains("ended with \(128 + number)"))
  }

  @Test func anInterruptFromOutsideDoesNotQuit() throws {
    let session = try explorer(width: 80, height: 24)
    try session.wait(for: "Concepts ─ 40 of 40")
    kill(try session.child(), SIGINT)
    // What it says depends on whether the pane beside the table was still being read.
    try session.wait("an answer") {
      $0.contains("nothing is under way") || $0.contains("cancelled")
    }
    try session.press("q")
    try expectTerminalAsBefore(session)
  }

  @Test func sizesChangeAtAnyTime() throws {
    let session = try explorer(width: 200, height: 60)
    let opened = try target(try session.wait(for: "Concepts ─ 40 of 40"))
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
      try session.resize(width: width, height: height)
      let screen = try session.wait("\(width)x\(height)") { text in
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count >= height && lines[height - 1].contains("? help")
          && lines.contains { $0.hasPrefix("┌") && $0.hasSuffix("┐") && $0.count == width }
      }
      #expect(try target(screen) == opened)
    }
    try session.resize(width: 20, height: 5)
    try session.wait(for: "60x16, this is 20x5")
    try session.press("+")
    try session.resize(width: 200, height: 60)
    let back = try session.wait(for: "opening plan, changed")
    #expect(try target(back) > opened)
    try session.press("q", "y")
    try expectTerminalAsBefore(session)
  }

  @Test(arguments: [
    ("xterm", ""), ("vt100", ""), ("screen-256color", "NO_COLOR=1"), ("linux", "LC_ALL=C"),
    ("screen", ""), ("linux", ""), ("tmux-256color", "LC_ALL=C"),
  ])
  func otherTerminalsShowTheSame(_ term: String, _ variables: String) throws {
    let session = try explorer(width: 80, height: 24, term: term, variables: variables)
    let isASCII = variables == "LC_ALL=C"
    let screen = try session.wait(for: "40 of 40")
    #expect(screen.contains(isASCII ? "+ Concepts - 40 of 40" : "┌ Concepts ─ 40 of 40"))
    if isASCII { #expect(!screen.unicodeScalars.contains { !$0.isASCII }) }
    try session.press("j", "d")
    try session.wait("the drop's sign") { $0.contains(" d ") && $0.contains("0%") }
    try session.press("q", "y")
    try expectTerminalAsBefore(session)
  }

  @Test func withoutATerminalItSaysWhatToDo() throws {
    let ws = try workspace()
    let result = try ProcessRunner.run(winnowBinary(), ["explore", ws])
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("winnow plan"))
    for (term, words) in [("TERM=dumb", "TERM=dumb"), ("-u TERM", "TERM is not set")] {
      let session = try TmuxSession(
        width: 100, height: 24,
        "env \(term) '\(winnowBinary())' explore '\(ws)'; echo \"ended with $?\"; exec cat")
      let screen = try session.wait(for: "ended with 1")
      #expect(screen.contains(words), "\(screen)")
      #expect(screen.contains("winnow export"))
    }
  }

  @Test func scriptsDoTheSameWithoutATerminal() throws {
    let ws = try workspace()
    let script = folder + "/keys"
    try """
    # down, up, drop, undo, commit
    - + + j j d u
    :save-screen \(folder)/screen.txt
    c y
    :save-screen \(folder)/committed.txt
    q
    """.write(toFile: script, atomically: true, encoding: .utf8)
    let result = try ProcessRunner.run(
      winnowBinary(),
      ["explore", ws, "-o", folder + "/keep.txt", "--script", script, "--size", "100x30"])
    #expect(result.exitCode == 0, "\(result.errors)")
    let screen = try String(contentsOfFile: folder + "/screen.txt", encoding: .utf8)
    let kept = try String(contentsOfFile: folder + "/keep.txt", encoding: .utf8)
    #expect(kept.split(separator: "\n").count == (try target(screen)))
    #expect(
      try String(contentsOfFile: folder + "/committed.txt", encoding: .utf8)
        .contains("plan 1, committed"))
  }
}
