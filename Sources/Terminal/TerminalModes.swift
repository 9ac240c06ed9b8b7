// What the terminal is asked for beyond curses: mouse reports, the brackets around a paste, and
// the clipboard. They are written past curses, which neither knows nor forgets them, between two
// frames; none of them moves the cursor.

import FoundationEssentials
import Glibc

/// The bytes that turn modes on and off.
package struct TerminalModes: Equatable, Sendable {
  package let on: [UInt8]
  package let off: [UInt8]
  /// Whether the terminal can be asked to copy.
  package let canCopy: Bool

  /// - Parameters:
  ///   - term: the value of `TERM`.
  ///   - hasMouse: whether terminfo knows of a mouse, as it does for all that understand these
  ///     modes.
  ///   - wantsMouse: whether the user does.
  package init(term: String, hasMouse: Bool, wantsMouse: Bool) {
    // The console of Linux says it has a mouse, and has neither reports nor brackets.
    let isModern = hasMouse && term != "linux"
    // Button presses, in the form without a limit to columns; then the brackets.
    let mouse = isModern && wantsMouse
    let brackets = "\u{1B}[?2004"
    on = Array(
      ((mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "") + (isModern ? brackets + "h" : "")).utf8)
    off = Array(
      ((mouse ? "\u{1B}[?1006l\u{1B}[?1000l" : "") + (isModern ? brackets + "l" : "")).utf8)
    canCopy = isModern
  }

  /// The longest text that is copied, in bytes before base64: more than terminals take.
  package static let longestCopy = 75_000

  /// The bytes that ask the terminal to copy (OSC 52); nil when it is too long. Whatever is in the
  /// text, they hold nothing but letters, digits, `+`, `/` and `=`.
  package static func copying(_ text: String) -> [UInt8]? {
    guard text.utf8.count <= longestCopy else { return nil }
    return Array("\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}".utf8)
  }
}

/// Writes all of it to standard output; a terminal that is gone takes nothing.
func writeToTerminal(_ bytes: [UInt8]) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    if count < 0 {
      guard errno == EINTR else { return }
      continue
    }
    rest = rest.dropFirst(count)
  }
}
