// Text that is typed or pasted into what has a line for it: prompts and the palette.

extension State {
  /// The characters that the palette takes.
  private static let longestQuery = 64

  /// Changes the text of the line that is typed into; false when there is none.
  private mutating func edit(_ change: (inout String) -> Void) -> Bool {
    switch overlay {
    case .prompt?: editPrompt(change)
    case .palette(let palette)?:
      var query = palette.query
      change(&query)
      overlay = .palette(ActionPalette(query: query))
    default: return false
    }
    return true
  }

  /// Appends to the line that is typed into, as far as there is room; false when there is none.
  mutating func type(_ text: String) -> Bool {
    var longest = State.longestQuery
    if case .prompt(let prompt)? = overlay { longest = prompt.longest }
    return edit { $0 += text.prefix(max(0, longest - $0.count)) }
  }

  mutating func eraseCharacter() { _ = edit { _ = $0.popLast() } }
  mutating func eraseLine() { _ = edit { $0 = "" } }

  /// Takes pasted text as text: a line break in it accepts nothing, and no letter of it is a key.
  mutating func paste(_ text: String) {
    let words = text.split { $0.isWhitespace || $0.unicodeScalars.allSatisfy(isControl) }
    if !type(words.joined(separator: " ")) {
      warn("there is nothing to paste into; keys are not taken from a clipboard")
    }
  }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
