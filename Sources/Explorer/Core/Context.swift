// Where keys go at the moment: to a screen, or to what lies above it. A screen and an overlay each
// name their own context beside themselves; nothing here lists the screens.

/// A screen, or something that lies above one.
public struct Context: Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// For scripts, tests and documents.
  public let name: String
  /// What the documentation calls it; in a screen's case also its title.
  public let title: String

  init(_ name: String, title: String) {
    self.name = name
    self.title = title
  }

  public var description: String { name }

  /// Those of the screens, and then those of what lies above them.
  public static let allCases = Screens.all.map(\.context) + overlays

  /// Those of the screens themselves.
  package static let screens = Set(Screens.all.map(\.context))
}
