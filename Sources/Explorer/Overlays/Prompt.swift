// A line to type into. What a prompt is for, what it says about its text and what Enter makes of it
// is all in the prompt, which stands beside what it asks for. What cannot be done stays in the
// prompt, with a reason.

import Canvas

struct Prompt: Sendable {
  /// What is said about a text.
  typealias Hint = (text: String, role: Role)

  /// What stands before the text.
  let label: String
  var text = ""
  /// The characters that it takes.
  var longest = 64
  /// What it says about its text so far.
  let hint: @Sendable (State, String) -> Hint
  /// What follows every change of the text.
  var edited: @Sendable (inout State, String) -> Void = { _, _ in }
  /// What Escape does.
  var closed: @Sendable (inout State) -> Void = { $0.overlay = nil }
  /// What Enter does; it takes the prompt away where the text will do.
  let accepted: @Sendable (inout State, String) -> Void

  static func words(
    _ label: String, text: String = "", hint: @escaping @Sendable (State) -> String,
    accepted: @escaping @Sendable (inout State, String) -> Void
  ) -> Prompt {
    Prompt(
      label: label, text: text, longest: 1024, hint: { state, _ in (hint(state), .dim) },
      accepted: {
        guard !$1.isEmpty else { return $0.warn("\(label): type what to look for, or Esc") }
        $0.overlay = nil
        accepted(&$0, $1)
      })
  }
}

extension State {
  mutating func acceptPrompt() {
    if case .prompt(let prompt)? = overlay { prompt.accepted(&self, prompt.text) }
  }

  /// Takes away what lies above the screen, and what it has changed so far.
  mutating func closeOverlay() {
    if case .prompt(let prompt)? = overlay { prompt.closed(&self) } else { overlay = nil }
  }
}

// Text that is typed or pasted into what has a line for it: prompts and the palette.

extension State {
  /// The characters that the palette takes.
  private static let longestQuery = 64

  /// Changes the text of the line that is typed into; false when there is none.
  private mutating func edit(_ change: (inout String) -> Void) -> Bool {
    switch overlay {
    case .prompt(var prompt)?:
      change(&prompt.text)
      overlay = .prompt(prompt)
      prompt.edited(&self, prompt.text)
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
    let words = text.split {
      $0.isWhitespace
        || $0.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }
    if !type(words.joined(separator: " ")) {
      warn("nothing here accepts pasted text; pasted keys are ignored")
    }
  }
}

/// Draws a prompt into row `y`, with what the text would mean behind it.
func drawPrompt(_ state: State, _ prompt: Prompt, y: Int, _ grid: inout Grid) {
  grid.fill(Region(x: 0, y: y, width: grid.width, height: 1), Style(.plain, on: .raised))
  let gap = prompt.label.hasSuffix("/") ? "" : " "
  var x = grid.draw(prompt.label + gap, 1, y, Style(.accent, .bold, on: .raised))
  let hint = prompt.hint(state, prompt.text)
  // What is typed last is always to be seen.
  let room = max(grid.width / 2, grid.width - x - 4 - columns(of: hint.text))
  let text = ending(of: prompt.text, max(1, min(room, grid.width - x - 2)))
  x = grid.draw(text, x, y, Style(.plain, .bold, on: .raised))
  x = grid.draw(" ", x, y, Style(.plain, .reverse, on: .raised))
  grid.draw(hint.text, x + 2, y, Style(hint.role, on: .raised), limit: max(0, grid.width - x - 3))
}
