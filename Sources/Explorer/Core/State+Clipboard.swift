// Copying. The state only says what is to be copied; the terminal layer has the terminal do it.

/// Text for the clipboard.
public struct Clipboard: Sendable, Equatable {
  /// How often something was copied: a change is the wish to copy `text`.
  public internal(set) var copies = 0
  /// Without control characters, because what is pasted may be run.
  public internal(set) var text = ""
}

extension State {
  mutating func copy() {
    guard let text = shownScreen.copyable(self) else { return }
    let safe = String(String.UnicodeScalarView(text.unicodeScalars.filter(isPrintable)))
    clipboard = Clipboard(copies: clipboard.copies + 1, text: safe)
    say("copied: \(safe)")
  }

  private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
  }
}
