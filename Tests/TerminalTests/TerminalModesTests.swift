// The bytes that are written past curses.

import Foundation
import Terminal
import Testing

@Suite struct TerminalModesTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func theMouseIsAskedForAndGivenBack() {
    let modes = TerminalModes(term: "xterm-256color", hasMouse: true, wantsMouse: true)
    #expect(text(modes.on) == "\u{1B}[?1000h\u{1B}[?1006h\u{1B}[?2004h")
    #expect(text(modes.off) == "\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?2004l")
  }

  @Test func withoutTheMouseNoByteIsAboutIt() {
    let modes = TerminalModes(term: "xterm-256color", hasMouse: true, wantsMouse: false)
    for bytes in [modes.on, modes.off] {
      #expect(!text(bytes).contains("100"))
      #expect(text(bytes).contains("2004"))
    }
  }

  @Test(arguments: [("vt100", false), ("linux", true)])
  func terminalsWithoutThemGetNothing(_ term: String, _ hasMouse: Bool) {
    let modes = TerminalModes(term: term, hasMouse: hasMouse, wantsMouse: true)
    #expect(modes.on.isEmpty && modes.off.isEmpty && !modes.canCopy)
  }

  @Test(arguments: ["", "a", "ab", "abc", "花束 \u{1B}[31m\u{7}", "ÿþý"])
  func copiesAreBase64(_ word: String) throws {
    let bytes = try #require(TerminalModes.copying(word))
    #expect(text(bytes) == "\u{1B}]52;c;\(Data(word.utf8).base64EncodedString())\u{7}")
  }

  @Test func whatIsTooLongIsNotCopied() {
    #expect(TerminalModes.copying(String(repeating: "x", count: 75_000)) != nil)
    #expect(TerminalModes.copying(String(repeating: "x", count: 75_001)) == nil)
  }
}
