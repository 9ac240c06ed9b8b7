// What a cell means, not what colour it has. Screens name roles; the terminal layer turns a role
// into the best that the terminal at hand can show (256 colours, 16, none). Nothing on a screen
// may be told by a role alone: signs and words carry the meaning, roles help the eye.

/// What a piece of text stands for.
public enum Role: UInt8, CaseIterable, Sendable {
  /// Ordinary text, in the terminal's own foreground.
  case plain
  /// Text of less weight: column titles, labels, ranks.
  case dim
  /// Borders and the empty part of bars.
  case line
  /// The program's own voice: its name, keys that can be pressed.
  case accent
  /// Rows that stay.
  case kept
  /// Rows that go.
  case pruned
  /// More than in the baseline.
  case gained
  /// Less than in the baseline.
  case cut
  /// A concept that is kept whole.
  case saturated
  /// Something the user should read before going on.
  case warning
  /// A decision that a person made: overrides, a changed plan.
  case decided
}

/// What a cell lies on.
public enum Ground: UInt8, CaseIterable, Sendable {
  /// The terminal's own background.
  case plain
  /// The row or button that keys act on.
  case cursor
  /// Messages, prompts and dialogues that lie above a screen.
  case raised
}

/// Weight and underline; a set, so that they combine.
public struct Attributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let bold = Attributes(rawValue: 1)
  public static let underline = Attributes(rawValue: 2)
  /// Foreground and background exchanged: the text cursor of a prompt.
  public static let reverse = Attributes(rawValue: 4)
}

/// The look of one cell.
public struct Style: Hashable, Sendable {
  public var role: Role
  public var ground: Ground
  public var attributes: Attributes

  public init(_ role: Role, _ attributes: Attributes = [], on ground: Ground = .plain) {
    self.role = role
    self.ground = ground
    self.attributes = attributes
  }

  public static let plain = Style(.plain)
  public static let bold = Style(.plain, .bold)
  public static let dim = Style(.dim)
  public static let line = Style(.line)
  public static let accent = Style(.accent)

  /// The same style with more attributes.
  public func with(_ more: Attributes) -> Style { Style(role, attributes.union(more), on: ground) }
}
