// The explorer in a terminal, with what every test of it needs: a workspace of its own, and a look
// at the terminal before and after.

import Foundation
import TestSupport
import Testing

/// A folder with room for one test, and terminals that run the explorer in it.
struct ExplorerSession {
  private let temporary: TemporaryFolder
  /// For this test's files.
  var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// A workspace of the sample, this test's own, so that it may commit into it.
  func workspace() throws -> String {
    let path = folder + "/sample"
    let result = try ProcessRunner.run(
      winnowBinary(), ["build", packageRoot() + "/assets/sample", "-o", path, "--clusters", "40"])
    guard result.exitCode == 0 else { throw NeverShown(description: result.errors) }
    return path
  }

  /// The explorer between two looks at the terminal's modes, with room for what it says.
  ///
  /// - Parameter recorded: where all bytes that it writes go as well; nil for nowhere.
  func explorer(
    width: Int = 120, height: Int = 36, term: String = "xterm-256color", variables: String = "",
    flags: String = "", recorded: String? = nil
  ) throws -> TmuxSession {
    let command = """
      \(recorded == nil ? "" : "read go;") cd '\(folder)'; stty -g > before; \
      env LC_ALL=C.UTF-8 TERM=\(term) SWIFT_BACKTRACE=enable=no \(variables) \
      '\(winnowBinary())' explore '\(try workspace())' -o keep.txt \(flags); \
      echo "ended with $?"; stty -g > after; exec cat
      """
    let session = try TmuxSession(width: width, height: height, command)
    if let recorded {
      try session.tmux(["pipe-pane", "-t", "s", "cat > '\(folder)/\(recorded)'"])
      try session.press("Enter")
    }
    return session
  }

  /// A shell with jobs, in which the explorer was started.
  func explorerInShell(width: Int = 80, height: Int = 24) throws -> TmuxSession {
    let session = try TmuxSession(
      width: width, height: height,
      "cd '\(folder)'; PS1='ready> ' exec env LC_ALL=C.UTF-8 bash --norc --noprofile -i")
    let workspace = try workspace()
    try session.wait(for: "ready>")
    try session.type("stty -g > before; TERM=xterm-256color '\(winnowBinary())' '\(workspace)'")
    try session.press("Enter")
    return session
  }

  /// The target of a screen, having checked that the quotas add up to it.
  func target(_ screen: String) throws -> Int {
    try #require(shownTarget(screen), "no target that quotas add up to:\n\(screen)")
  }

  /// The same; nil when the quotas do not add up to it, or half of the screen is drawn.
  func shownTarget(_ screen: String) -> Int? {
    guard screen.contains(" ="), let target = number(after: "target ", in: screen),
      target == number(after: "Σ ", in: screen)
    else { return nil }
    return target
  }

  private func number(after word: String, in screen: String) -> Int? {
    guard let start = screen.range(of: word)?.upperBound else { return nil }
    let digits = screen[start...].drop { $0 == " " }.prefix { $0.isNumber || $0 == "," }
    return Int(digits.filter(\.isNumber))
  }

  func expectTerminalAsBefore(_ session: TmuxSession) throws {
    try session.wait("the end") { $0.contains("ended with") }
    let after = folder + "/after"
    try session.wait("the modes") { _ in
      (try? String(contentsOfFile: after, encoding: .utf8))?.isEmpty == false
    }
    #expect(
      try String(contentsOfFile: after, encoding: .utf8)
        == String(contentsOfFile: folder + "/before", encoding: .utf8))
    try expectOrdinaryScreen(session)
  }

  /// That neither the alternate screen nor the mouse is on, and the cursor is.
  func expectOrdinaryScreen(_ session: TmuxSession) throws {
    #expect(try session.value("#{alternate_on}") == "0")
    #expect(try session.value("#{cursor_flag}") == "1")
    #expect(try session.value("#{mouse_any_flag}") == "0")
  }

  /// That the explorer has the screen.
  func expectExplorersScreen(_ session: TmuxSession) throws {
    #expect(try session.value("#{alternate_on}") == "1")
    #expect(try session.value("#{cursor_flag}") == "0")
    #expect(try session.value("#{mouse_any_flag}") == "1")
  }
}
