// What can lie above a screen. One at a time; while it is there, keys go to it.

import Pruning

/// Something above the screen.
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

  /// Those of what lies above a screen.
  static let overlays = [prompt, menu, dialogue, commit, help, palette]
}

/// A few choices in a box.
struct Menu: Sendable {
  /// A choice, and what it means in a few words.
  struct Line: Sendable {
    let title: String
    let note: String
  }

  let heading: String
  let lines: [Line]
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
      return Line(title: column.name(state.subject), note: note)
    }
    return Menu(
      heading: "Sort by", lines: lines, index: columns.firstIndex(of: table.column) ?? 0,
      accepted: { $0.sort(by: columns[$1]) }, second: { $0.sortSecond(by: columns[$1]) })
  }

  static func strategy(_ state: State) -> Menu {
    ofPlan("Strategy: what the shares follow", \.strategy, state) { strategy in
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
      Line(
        title: "\(index + 1)",
        note: scenario.map { state.summary(of: $0.plan).joined(separator: "  ") } ?? "empty")
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
      heading: heading, lines: choices.map { Line(title: $0.rawValue, note: note($0)) },
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
