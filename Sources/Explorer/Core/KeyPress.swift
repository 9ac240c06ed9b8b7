// Keys as people write them. The same notation is used by the key bar, the help, docs/keys.md and
// scripts, so that what a page says can be typed into a script.

/// One key press.
public enum KeyPress: Hashable, Sendable {
  /// A character that the keyboard produced, blank included.
  case character(Character)
  /// A letter with Ctrl, in lower case.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete
  case up, down, left, right, pageUp, pageDown, home, end
  /// F1 to F12.
  case function(Int)

  /// The notation: `j`, `Space`, `Ctrl-R`, `PageDown`, `F1`.
  public var text: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let letter): "Ctrl-" + letter.uppercased()
    case .function(let number): "F\(number)"
    default: KeyPress.names.first { $0.key == self }?.name ?? "?"
    }
  }

  /// A short sign for the key bar: arrows and `⏎` instead of words.
  public var sign: String {
    switch self {
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .escape: "Esc"
    case .control(let letter): "^" + letter.uppercased()
    default: text
    }
  }

  /// Reads the notation; nil for what is neither a name nor a single character.
  public init?(parsing text: some StringProtocol) {
    if text.count == 1, let character = text.first {
      self = .character(character)
    } else if text == "Space" {
      self = .character(" ")
    } else if text.hasPrefix("Ctrl-"), text.count == 6, let letter = text.last, letter.isASCII {
      self = .control(Character(letter.lowercased()))
    } else if text.hasPrefix("F"), let number = Int(text.dropFirst()), (1...12).contains(number) {
      self = .function(number)
    } else if let known = KeyPress.names.first(where: { $0.name == text }) {
      self = known.key
    } else {
      return nil
    }
  }

  private static let names: [(name: String, key: KeyPress)] = [
    ("Enter", .enter), ("Escape", .escape), ("Tab", .tab), ("BackTab", .backTab),
    ("Backspace", .backspace), ("Delete", .delete), ("Up", .up), ("Down", .down),
    ("Left", .left), ("Right", .right), ("PageUp", .pageUp), ("PageDown", .pageDown),
    ("Home", .home), ("End", .end),
  ]
}

extension KeyPress: ExpressibleByExtendedGraphemeClusterLiteral {
  /// A character key: `"j"`.
  public init(extendedGraphemeClusterLiteral value: Character) { self = .character(value) }
}
