// Golden screens: the cells of known moments, with their styles. A failure shows the lines that
// differ; WINNOW_WRITE_GOLDEN=1 writes them anew, to be looked at before they are committed.

import Canvas
import Explorer
import Foundation
import Pruning
import Terminal
import Testing

@Suite struct GoldenTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let keys: String
    let size: String
    var kind = Kind.roles

    var file: String { "\(name)-\(size)\(kind.suffix).cells" }
    var testDescription: String { file }
  }

  /// What is kept of a picture.
  enum Kind: CaseIterable, Sendable {
    /// The cells with their roles.
    case roles
    /// What a terminal of few colours, or of none, makes of them.
    case sixteen, eight, withoutColour
    /// The signs of `LANG=C`.
    case ascii

    var suffix: String {
      switch self {
      case .roles: ""
      case .sixteen: "-16"
      case .eight: "-8"
      case .withoutColour: "-nocolour"
      case .ascii: "-ascii"
      }
    }

    func text(_ grid: Grid) -> String {
      switch self {
      case .roles: grid.annotatedText
      case .sixteen: grid.annotatedText(.sixteen)
      case .eight: grid.annotatedText(.eight)
      case .withoutColour: grid.annotatedText(.none)
      case .ascii: grid.ascii.annotatedText
      }
    }
  }

  static let sizes = ["120x36", "80x24", "60x16"]

  static let cases: [Case] =
    Screens.all.flatMap { screen in
      sizes.flatMap { size in
        [.roles, .ascii].map {
          Case(name: screen.context.name, keys: screen.golden, size: size, kind: $0)
        }
      }
        + [.sixteen, .eight, .withoutColour].map {
          Case(name: screen.context.name, keys: screen.golden, size: "80x24", kind: $0)
        }
    }
    + sizes.flatMap { size in
      [
        Case(name: "commit", keys: "+ c", size: size),
        Case(name: "help", keys: "?", size: size),
        Case(name: "infeasible", keys: "n 2 Enter", size: size),
        Case(name: "prompt", keys: "n 1 2 M", size: size),
        Case(name: "pin", keys: Fixture.middle + " p 4 0 %", size: size),
        Case(
          name: "commit-several", keys: "+ c Space j Space p Ctrl-U\n:type a/花\nEnter", size: size),
        Case(name: "draft", keys: "+ t d O", size: size),
        Case(name: "quit", keys: "+ q", size: size),
        Case(name: "strategy", keys: "S j", size: size),
        Case(name: "filter", keys: "/ o i l Space s i z e > 1 k", size: size),
        Case(name: "filtered", keys: Fixture.marked, size: size),
        Case(name: "filter-empty", keys: "/ n o t h i n g Enter", size: size),
        Case(name: "note", keys: "d N s p a m", size: size),
        Case(name: "palette", keys: ":", size: size),
        Case(name: "palette-typed", keys: ": t a r g e t Down", size: size),
      ]
    } + [
      Case(name: "concepts", keys: Screens.all[0].golden, size: "200x50"),
      Case(name: "detail-dropped", keys: "d D", size: "80x24"),
      Case(name: "detail-metadata", keys: Fixture.middle + " D", size: "120x36"),
      Case(name: "pane-metadata", keys: Fixture.middle, size: "120x36"),
      Case(
        name: "detail-stratified", keys: Fixture.middle + " D o k Enter", size: "120x36"),
      Case(name: "items-stratified", keys: Fixture.middle + " o k Enter I G", size: "80x24"),
      Case(name: "map-crowd", keys: "M z", size: "200x50"),
      Case(name: "shift-scenarios", keys: ShiftTests.scenarios, size: "120x36"),
      Case(name: "shift-scenarios", keys: ShiftTests.scenarios, size: "80x24"),
      Case(name: "store", keys: "+ ' 1 + '", size: "80x24"),
      Case(name: "pane-below", keys: Fixture.middle, size: "80x50"),
      Case(name: "filter-wrong", keys: "/ o i l Space s i s e > 1", size: "80x24"),
      Case(name: "filtered", keys: Fixture.marked, size: "80x24", kind: .ascii),
      Case(name: "pin-marked", keys: "Space Space p 2 k", size: "80x24"),
      Case(name: "sort-menu", keys: "s j s s", size: "80x24"),
      Case(name: "history-damaged", keys: "H j j", size: "80x24"),
      Case(name: "sort", keys: "s j j Enter r G", size: "120x36"),
      Case(name: "committed", keys: "+ c y", size: "120x36"),
      Case(name: "too-small", keys: "", size: "50x10"),
    ]

  @Test(arguments: cases)
  func theScreenIsAsItWas(_ one: Case) throws {
    let size = try #require(Size(parsing: one.size))
    let state = try ScriptRunner(performer: InstantWork()).run(
      Script(parsing: one.keys),
      from: try Fixture.state(
        hasMetadata: one.name.hasSuffix("-metadata"), draft: Plan(target: 9_772_867)), size: size
    ) { _, _ in }
    let grid = view(state, size)
    let found = one.kind.text(grid)
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/\(one.file)")
    if ProcessInfo.processInfo.environment["WINNOW_WRITE_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(found.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(found == expected, "\(one.file)\n\(difference(expected, found))")
  }

  @Test func noGoldenScreenIsLeftOver() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(files) == Set(GoldenTests.cases.map(\.file)))
  }

  /// The lines in which two pictures differ, one under the other.
  private func difference(_ expected: String, _ found: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = found.split(separator: "\n", omittingEmptySubsequences: false)
    return new.difference(from: old).sorted { offset($0) < offset($1) }.map { change in
      switch change {
      case .remove(let line, let text, _): "\(line + 1) - \(text)"
      case .insert(let line, let text, _): "\(line + 1) + \(text)"
      }
    }.joined(separator: "\n")
  }

  private func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
    switch change {
    case .remove(let offset, _, _): 2 * offset
    case .insert(let offset, _, _): 2 * offset + 1
    }
  }
}

extension Grid {
  /// The rows with what a terminal of a depth shows below each.
  fileprivate func annotatedText(_ depth: ColourDepth) -> String {
    annotatedText { Look($0, depth).text }
  }
}

extension Look {
  /// In words, such as `bold reverse 6`; empty for the terminal's own look.
  fileprivate var text: String {
    var words: [String] = []
    if isBold { words.append("bold") }
    if isDim { words.append("dim") }
    if isUnderlined { words.append("underline") }
    if isReversed { words.append("reverse") }
    if let foreground { words.append("\(foreground)") }
    if let background { words.append("on \(background)") }
    return words.joined(separator: " ")
  }
}
