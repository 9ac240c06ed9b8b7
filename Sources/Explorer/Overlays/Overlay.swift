// What can lie above a screen. One at a time; while it is there, keys go to it.

import Canvas
import Pruning

enum Overlay: Sendable {
  case prompt(Prompt)
  case menu(Menu)
  case commit(CommitDialogue)
  case question(Question)
  /// The help, from this line on.
  case help(top: Int)
  case palette(ActionPalette)

  /// Where keys go while it is there.
  var context: Context {
    switch self {
    case .prompt: .prompt
    case .menu: .menu
    case .commit: .commit
    case .question: .dialogue
    case .help: .help
    case .palette: .palette
    }
  }
}

extension Context {
  package static let prompt = Context("prompt", title: "At a prompt")
  package static let menu = Context("menu", title: "In a menu")
  package static let dialogue = Context("dialogue", title: "In a question")
  package static let commit = Context("commit", title: "In the commit")
  package static let help = Context("help", title: "In the help")
  package static let palette = Context("palette", title: "In the palette")

  static let overlays = [prompt, menu, dialogue, commit, help, palette]
}

/// A few choices in a box.
struct Menu: Sendable {
  let heading: String
  /// The choices, and what each means in a few words.
  let lines: [(title: String, note: String)]
  /// The highlighted line.
  var index: Int
  /// What Enter does with a line.
  let accepted: @Sendable (inout State, Int) -> Void
  /// What `s` does with it, where that means something.
  var second: (@Sendable (inout State, Int) -> Void)?
}

extension Menu {
  static func sort(_ state: State) -> Menu {
    let (columns, table) = (state.subject.columns, state.table)
    let lines = columns.map { column in
      var note = ""
      if column == table.column {
        note = "first \(table.sorting.arrow)"
      } else if let second = table.second, second.column == column {
        note = "second \(second.arrow)"
      }
      return (title: column.name(state.subject), note: note)
    }
    return Menu(
      heading: "Sort by", lines: lines, index: columns.firstIndex(of: table.column) ?? 0,
      accepted: { $0.sort(by: columns[$1]) }, second: { $0.sortSecond(by: columns[$1]) })
  }

  static func strategy(_ state: State) -> Menu {
    ofPlan("Strategy: what decides the shares", \.strategy, state) { strategy in
      switch strategy {
      case .complexity: "softmax of d_inter × d_intra / τ"
      case .uniform: "the same share for every concept"
      case .proportional: "by size (SSP pruning)"
      case .dInter: "softmax of d_inter / τ"
      case .dIntra: "softmax of d_intra / τ"
      }
    }
  }

  static func order(_ state: State) -> Menu {
    ofPlan("Order: which rows are kept first", \.order, state) { order in
      switch order {
      case .hardest: "farthest from the centroid first"
      case .easiest: "nearest to the centroid first"
      case .random: "by a hash of seed and row"
      case .similarity: "best image-text similarity first"
      case .stratified: "evenly over all distances"
      }
    }
  }

  /// Where to keep the plan as a scenario.
  static func store(_ state: State) -> Menu {
    let lines = state.shift.scenarios.enumerated().map { index, scenario in
      (
        title: "\(index + 1)",
        note: scenario.map { state.summary(of: $0.plan).joined(separator: "  ") } ?? "empty"
      )
    }
    return Menu(
      heading: "Store this plan as scenario", lines: lines,
      index: state.shift.scenarios.firstIndex(of: nil) ?? 0
    ) { $0.storeScenario($1 + 1) }
  }

  /// A menu of the values that a part of the plan can have.
  private static func ofPlan<
    Choice: CaseIterable & Equatable & RawRepresentable<String> & Sendable
  >(
    _ heading: String, _ part: any WritableKeyPath<Plan, Choice> & Sendable, _ state: State,
    note: (Choice) -> String
  ) -> Menu {
    let choices = Array(Choice.allCases)
    return Menu(
      heading: heading, lines: choices.map { (title: $0.rawValue, note: note($0)) },
      index: choices.firstIndex(of: state.plan[keyPath: part]) ?? 0
    ) { state, line in
      var changed = state.plan
      changed[keyPath: part] = choices[line]
      state.propose(changed)
    }
  }
}

extension State {
  mutating func moveMenu(_ step: Int) {
    guard case .menu(var menu)? = overlay else { return }
    menu.index = (menu.index + step + menu.lines.count) % menu.lines.count
    overlay = .menu(menu)
  }

  /// Takes a line, from 0: without one the highlighted.
  mutating func acceptMenu(at line: Int? = nil) {
    guard case .menu(let menu)? = overlay, menu.lines.indices.contains(line ?? menu.index) else {
      return
    }
    overlay = nil
    menu.accepted(&self, line ?? menu.index)
  }

  /// Takes the highlighted line as the second choice.
  mutating func acceptSecond() {
    guard case .menu(let menu)? = overlay, let second = menu.second else { return }
    overlay = nil
    second(&self, menu.index)
  }
}

/// Draws what lies above the screen; prompts are drawn with the bottom line.
func drawOverlay(_ state: State, _ layout: Layout, _ grid: inout Grid) {
  switch state.overlay {
  case nil, .prompt?: break
  case .menu(let menu)?: drawMenu(menu, layout.body, &grid)
  case .commit(let dialogue)?: CommitView(state: state, dialogue: dialogue).draw(layout.body, &grid)
  case .question(let question)?: drawQuestion(state, question, layout.body, &grid)
  case .help(let top)?: drawHelp(top, layout.body, &grid)
  case .palette(let palette)?: drawPalette(state, palette, layout.body, &grid)
  }
}

/// A box in the middle of a region, empty, with a heading; returns what is inside.
func raise(
  _ heading: String, width: Int, lines: Int, _ region: Region, _ grid: inout Grid
) -> Region {
  let box = region.middle(width: width + 6, height: lines + 2)
  grid.fill(box, Style(.plain, on: .raised))
  grid.box(box, title: [(heading, Style(.accent, .bold, on: .raised))], Style(.line, on: .raised))
  let inside = box.inside
  return Region(
    x: inside.x + 2, y: inside.y, width: max(0, inside.width - 4), height: inside.height)
}

/// Draws the ground of a line, as wide as its box, with a sign before the highlighted one.
func drawLine(
  _ y: Int, of inside: Region, isHere: Bool, weight: Attributes = [], sign: Int = 1,
  _ grid: inout Grid
) -> (row: Region, ground: Ground) {
  let row = Region(x: inside.x - 2, y: y, width: inside.width + 4, height: 1)
  guard isHere else { return (row, .raised) }
  grid.fill(row, Style(.plain, weight, on: .cursor))
  grid.draw("▸", row.x + sign, y, Style(.accent, .bold, on: .cursor))
  return (row, .cursor)
}

private func drawMenu(_ menu: Menu, _ region: Region, _ grid: inout Grid) {
  let titles = menu.lines.map(\.title)
  let notes = menu.lines.map(\.note)
  let left = titles.map { columns(of: $0) }.max() ?? 0
  let right = notes.map { columns(of: $0) }.max() ?? 0
  let width = max(left + (right > 0 ? 4 + right : 1), columns(of: menu.heading))
  let inside = raise(menu.heading, width: width, lines: titles.count, region, &grid)
  let first = max(0, min(menu.index - inside.height + 1, titles.count - inside.height))
  for line in 0..<min(inside.height, titles.count) {
    let index = first + line
    let y = inside.y + line
    let isHere = index == menu.index
    let (row, ground) = drawLine(y, of: inside, isHere: isHere, weight: .bold, &grid)
    grid.mark(.line(index), row)
    let style = Style(.plain, isHere ? .bold : [], on: ground)
    grid.draw(titles[index], inside.x + 1, y, style, limit: max(0, inside.width - 1))
    let x = inside.x + 1 + left + 3
    grid.draw(notes[index], x, y, Style(.dim, on: ground), limit: inside.x + inside.width - x)
  }
}

/// Draws an answer with a sign before the highlighted one, so that it does not rest on colour. A
/// click on it is the key that answers so.
@discardableResult
func drawAnswer(
  _ text: String, key: KeyPress, isHere: Bool, isOff: Bool = false, _ x: Int, _ y: Int,
  _ grid: inout Grid
) -> Int {
  let ground: Ground = isHere ? .cursor : .raised
  let role: Role = isOff ? .dim : .plain
  let label = isHere ? "▸ \(text) " : "  \(text) "
  let end = grid.draw(label, x, y, Style(role, isHere ? .bold : [], on: ground))
  grid.mark(.key(key.text), Region(x: x, y: y, width: end - x, height: 1))
  return end
}
