// Scripts: keys in a file, for tests and for doing the same thing again. The notation is that of
// docs/keys.md.

import Canvas

/// A parsed script.
public struct Script: Sendable {
  /// One thing to do.
  public enum Step: Sendable, Equatable {
    case key(KeyPress)
    /// Type each character of the text.
    case type(String)
    case saveScreen(path: String)
    case resize(Size)
  }

  /// The steps with the lines they stand in, from 1.
  public let steps: [(line: Int, step: Step)]

  /// Reads a script.
  /// - Throws: `ScriptError` naming the line and what is wrong with it.
  /// - Complexity: O(length).
  public init(parsing text: String) throws(ScriptError) {
    var steps: [(Int, Step)] = []
    // CR and LF together are one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      let number = index + 1
      if line == "#" || line.hasPrefix("# ") { continue }
      if line.first == ":", line.dropFirst().first?.isLetter == true {
        steps.append((number, try Script.directive(line.dropFirst(), number)))
        continue
      }
      for word in line.split(separator: " ") {
        guard let key = KeyPress(parsing: word) else {
          throw ScriptError(
            line: number,
            text: "expected a key (j, Enter, Ctrl-R, ...) or a line with :type, :save-screen or "
              + ":resize, found \"\(visible(String(word)))\"")
        }
        steps.append((number, .key(key)))
      }
    }
    self.steps = steps
  }

  private static func directive(
    _ line: Substring, _ number: Int
  ) throws(ScriptError) -> Step {
    let name = line.prefix { $0 != " " }
    let rest = String(line.dropFirst(name.count + 1))
    switch name {
    case "type": return .type(rest)
    case "save-screen":
      guard !rest.isEmpty else {
        throw ScriptError(line: number, text: ":save-screen needs a file name")
      }
      return .saveScreen(path: rest)
    case "resize":
      guard let size = Size(parsing: rest) else {
        throw ScriptError(
          line: number,
          text: ":resize needs a size from 1x1 to 1000x1000, such as 80x24, found "
            + "\"\(visible(rest))\"")
      }
      return .resize(size)
    default:
      throw ScriptError(
        line: number,
        text: "expected :type, :save-screen or :resize, found \":\(visible(String(name)))\"")
    }
  }
}

/// What is wrong with a script, or with what one of its steps wanted.
public struct ScriptError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From 1.
  public let line: Int
  public let text: String

  public var description: String { "script line \(line): \(text)" }
}
