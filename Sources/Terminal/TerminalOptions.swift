// What the caller decides about the terminal; the environment is read by the command and not here.

/// How to show the explorer.
public struct TerminalOptions: Sendable, Equatable {
  /// The value of `TERM`.
  public var term: String?
  /// Whether to do without colours (`NO_COLOR` is set and not empty).
  public var withoutColours: Bool
  /// Whether to ask the terminal for the mouse; without, it keeps the mouse for itself.
  public var wantsMouse: Bool

  public init(term: String?, withoutColours: Bool, wantsMouse: Bool) {
    self.term = term
    self.withoutColours = withoutColours
    self.wantsMouse = wantsMouse
  }
}
