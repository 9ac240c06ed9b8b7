// What a screen is, and the registry of all of them. A screen is one folder: its state, its view,
// its actions and the work that it asks for. The registry has one line for it, and everything else
// (key bar, help, palette, docs/keys.md, golden tests) reads the registry.

import Canvas

/// One screen. The functions that have a default suit a screen that shows the table's cursor.
package protocol Screen: Sendable {
  /// Its name and its title; keys go there while it is shown.
  var context: Context { get }
  /// The key that goes to it from any other screen.
  var key: KeyPress { get }
  /// The script that brings a fresh explorer to the picture that golden tests keep.
  var golden: String { get }
  /// What can be done on it alone, and what else belongs to its subject. They stay together in the
  /// key bar, and stand where the group of the first one has its place.
  var actions: [Action] { get }

  /// Draws the screen into the region between header and key bar.
  func draw(_ state: State, _ region: Region, _ grid: inout Grid)
  /// Called when another screen gives way to it, and when it gives way to another one.
  func enter(_ state: inout State)
  func leave(_ state: inout State)
  /// Brings its part of the state up to date before it is drawn, and asks for what it lacks.
  func prepare(_ state: inout State)
  /// Moves its cursor by lines; `Int.max` is to the last one.
  func move(_ state: inout State, _ step: Int)
  /// The lines of a page.
  func page(_ state: State) -> Int
  /// Moves what it shows by lines, as the wheel does.
  func scroll(_ state: inout State, _ step: Int)
  /// What a click on a cell of its region does, in the cells of the whole screen.
  func click(_ state: inout State, _ region: Region, _ spot: Spot)
  /// Where in its region it shows the cursor's concept in detail, borders included; nil for nowhere.
  func detailRegion(_ state: State, _ region: Region) -> Region?
  /// The concepts whose names it shows, but for the neighbours in Detail.
  func namedConcepts(_ state: State) -> ArraySlice<Int>
  /// What `y` copies; nil while it is not known.
  func copyable(_ state: State) -> String?
}

extension Screen {
  /// Below this size it says which one it needs.
  package var smallest: Size { Size(width: 60, height: 16) }
  package var actions: [Action] { [] }
  package func enter(_ state: inout State) {}
  package func leave(_ state: inout State) {}
  package func prepare(_ state: inout State) {}
  package func move(_ state: inout State, _ step: Int) { state.moveCursor(step) }
  package func page(_ state: State) -> Int { state.tableLines }
  package func scroll(_ state: inout State, _ step: Int) { move(&state, step) }
  package func click(_ state: inout State, _ region: Region, _ spot: Spot) {}
  package func detailRegion(_ state: State, _ region: Region) -> Region? { nil }
  package func namedConcepts(_ state: State) -> ArraySlice<Int> { [] }
  package func copyable(_ state: State) -> String? {
    guard let cluster = state.cursor else { return nil }
    let name = state.name(of: cluster) ?? ""
    return name.isEmpty ? "\(cluster)" : "\(cluster) \(name)"
  }

  package var title: String { context.title }

  /// Whether a terminal of this size can show it.
  func fits(_ size: Size) -> Bool { size.width >= smallest.width && size.height >= smallest.height }
}

/// The registry.
package enum Screens {
  /// Every screen; the explorer opens with the first.
  package static let all: [any Screen] = [
    ConceptsScreen(), DetailScreen(), ItemsScreen(), ShiftScreen(), MapScreen(), HistoryScreen(),
    FindScreen(),
  ]

  /// The screen of a context.
  package static func entry(_ context: Context) -> any Screen {
    all.first { $0.context == context }!
  }
}

extension State {
  /// The screen that keys go to, unless something lies above it.
  var shownScreen: any Screen { Screens.entry(screen) }

  /// The screen's own region, at the state's own size.
  var body: Region { Layout(self, size).body }

  mutating func open(_ context: Context) {
    guard context != screen else { return }
    shownScreen.leave(&self)
    screen = context
    shownScreen.enter(&self)
  }

  /// Copies what the screen offers, if anything.
  mutating func copy() {
    guard let text = shownScreen.copyable(self) else { return }
    let safe = String(text.unicodeScalars.filter { $0.properties.generalCategory != .control })
    clipboard = Clipboard(copies: clipboard.copies + 1, text: safe)
    say("copied: \(safe)")
  }
}
