// The registry of screens. A screen is one file and one entry here: its key, its smallest size,
// its panes, how it draws itself, how it moves, what a click means, and the keys that bring it to
// the state that golden tests keep.

import Canvas

/// The name of a screen.
public enum ScreenID: String, CaseIterable, Sendable {
  case concepts, detail, items, shift, map, history, find

  /// Where keys go while it is on the screen.
  var context: Context {
    switch self {
    case .concepts: .concepts
    case .detail: .detail
    case .items: .items
    case .shift: .shift
    case .map: .map
    case .history: .history
    case .find: .find
    }
  }
}

/// One screen.
public struct Screen: Sendable {
  public let id: ScreenID
  /// The key that goes to it from any other screen.
  public let key: KeyPress
  public let title: String
  /// Below this it says which size it needs.
  public let smallest: Size
  /// What it consists of, from left to right.
  public let panes: [String]
  /// The script that brings a fresh explorer to the picture that golden tests keep.
  public let golden: String
  /// Draws the screen into the region between header and key bar.
  let draw: @Sendable (State, Region, inout Grid) -> Void
  /// Moves its cursor by lines; `Int.max` is to the last one.
  var move: @Sendable (inout State, Int) -> Void = { $0.moveCursor($1) }
  /// The lines of a page, at least one.
  var page: @Sendable (State) -> Int = { max(1, $0.tableLines($0.size)) }
  /// Moves what it shows by lines, as the wheel does.
  var scroll: @Sendable (inout State, Int) -> Void = { Screens.entry($0.screen).move(&$0, $1) }
  /// What a click on a cell of its region does, in the cells of the whole screen.
  package var click: @Sendable (inout State, Region, Spot) -> Void = { _, _, _ in }
}

/// The registry.
public enum Screens {
  /// Every screen, in the order of `ScreenID.allCases`.
  public static let all: [Screen] = [
    ConceptsScreen.entry, DetailScreen.entry, ItemsScreen.entry, ShiftScreen.entry,
    MapScreen.entry, HistoryScreen.entry, FindScreen.entry,
  ]

  /// The entry of a screen.
  public static func entry(_ id: ScreenID) -> Screen {
    guard let screen = all.first(where: { $0.id == id }) else {
      preconditionFailure("the screen \(id) is not in the registry")
    }
    return screen
  }
}
