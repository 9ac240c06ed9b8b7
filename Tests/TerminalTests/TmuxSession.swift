// A terminal to test in: tmux on a socket of its own, without anybody's configuration. Nothing
// here sleeps for a result; it looks until the screen shows it.

import Foundation
import TestSupport

/// One window with one program. The server dies with the value.
final class TmuxSession {
  private let socket: String

  /// Starts `command` (a line for `sh`) on a screen of the given size.
  init(width: Int, height: Int, _ command: String) throws {
    socket = "winnow-\(getpid())-\(UUID().uuidString.prefix(8))"
    // A new server takes the options before the first window: escape-time delays ESC.
    try tmux([
      "new-session", "-d", "-s", "s", "-x", "\(width)", "-y", "\(height)", command, ";",
      "set", "-g", "escape-time", "0",
    ])
  }

  deinit { _ = try? tmux(["kill-server"]) }

  /// Presses keys, in tmux's names: `j`, `Enter`, `C-r`.
  func press(_ keys: String...) throws { try tmux(["send-keys", "-t", "s"] + keys) }

  /// Types text as it stands.
  func type(_ text: String) throws { try tmux(["send-keys", "-t", "s", "-l", text]) }

  /// What is on the screen when it has stopped changing: a frame takes several writes, and a look
  /// between two of them would show half of it.  What never stops is taken as it is in the end.
  func screen() throws -> String {
    var last = try look()
    var equal = 0
    for _ in 0..<40 where equal < 3 {
      usleep(10_000)
      let next = try look()
      equal = next == last ? equal + 1 : 0
      last = next
    }
    return last
  }

  /// What is on the screen at this moment, perhaps half of a frame.
  private func look() throws -> String { try tmux(["capture-pane", "-p", "-t", "s"]) }

  /// A format of tmux, such as `#{alternate_on}`.
  func value(_ format: String) throws -> String {
    try tmux(["display-message", "-p", "-t", "s", format])
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func resize(width: Int, height: Int) throws {
    try tmux(["resize-window", "-t", "s", "-x", "\(width)", "-y", "\(height)"])
  }

  /// Looks at the screen until it is as wanted, and returns it: when it has stopped changing, unless
  /// what was wanted is gone by then.
  ///
  /// - Parameter isThere: also asked about halves of frames, so it must not record anything.
  /// - Throws: `NeverShown` with the last screen after 30 seconds.
  @discardableResult
  func wait(_ what: String, _ isThere: (String) throws -> Bool) throws -> String {
    let end = Date().addingTimeInterval(30)
    var last = ""
    while Date() < end {
      last = try look()
      if try isThere(last) {
        let settled = try screen()
        return try isThere(settled) ? settled : last
      }
      usleep(10_000)
    }
    throw NeverShown(description: "never on the screen: \(what)\n\(last)")
  }

  /// Waits until the screen contains a text.
  @discardableResult
  func wait(for text: String) throws -> String {
    try wait(text) { $0.contains(text) }
  }

  /// The process that the window's shell waits for.
  func child() throws -> pid_t {
    let shell = try value("#{pane_pid}")
    let children = try String(
      contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
    guard let first = children.split(separator: " ").first, let number = pid_t(first) else {
      throw NeverShown(description: "the shell has no child")
    }
    return number
  }

  /// Presses and releases the first button on a cell, from 0, as a terminal reports it.
  func click(x: Int, y: Int) throws {
    try report("<0;\(x + 1);\(y + 1)M")
    try report("<0;\(x + 1);\(y + 1)m")
  }

  /// Turns the wheel over a cell by one step.
  func wheelDown(x: Int, y: Int) throws { try report("<65;\(x + 1);\(y + 1)M") }

  private func report(_ text: String) throws {
    let bytes = Array("\u{1B}[\(text)".utf8).map { String($0, radix: 16) }
    try tmux(["send-keys", "-t", "s", "-H"] + bytes)
  }

  /// Runs a command of tmux and returns what it prints.
  @discardableResult
  func tmux(_ arguments: [String]) throws -> String {
    let result = try ProcessRunner.run(
      "tmux", ["-u", "-L", socket, "-f", "/dev/null"] + arguments,
      environment: ["LC_ALL": "C.UTF-8", "TMUX": nil])
    guard result.exitCode == 0 else {
      throw NeverShown(description: "tmux \(arguments.joined(separator: " ")): \(result.errors)")
    }
    return result.output
  }
}

/// What a test waited for and did not see.
struct NeverShown: Error, CustomStringConvertible {
  let description: String
}
