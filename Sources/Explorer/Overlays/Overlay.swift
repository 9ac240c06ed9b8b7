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
struct Menu: Sendable, Equatable {
  enum Purpose: Sendable, Equatable {
    case sort, strategy, order
    /// Where to keep the plan as a scenario.
    case store
  }
  /// A choice, and what it means in a few words.
  struct Line: Sendable, Equatable {
    var title: String
    var note = ""
  }
  var purpose: Purpose
  /// The highlighted line.
  var index: Int
  var lines: [Line]
}

extension Menu {
  var heading: String {
    switch purpose {
    case .sort: "Sort by"
    case .strategy: "Strategy: what the shares follow"
    case .order: "Order: which rows are kept first"
    case .store: "Store this plan as scenario"
    }
  }
}

extension State {
  mutating func openMenu(_ purpose: Menu.Purpose) {
    let (lines, index) =
      switch purpose {
      case .sort: (sortLines, subject.columns.firstIndex(of: table.column))
      case .strategy:
        (Strategy.allCases.map(strategyLine), Strategy.allCases.firstIndex(of: plan.strategy))
      case .order: (Order.allCases.map(orderLine), Order.allCases.firstIndex(of: plan.order))
      case .store: (storeLines, scenarios.firstIndex(of: nil))
      }
    overlay = .menu(Menu(purpose: purpose, index: index ?? 0, lines: lines))
  }

  private var sortLines: [Menu.Line] {
    subject.columns.map { column in
      var note = ""
      if column == table.column {
        note = "first \(table.sorting.arrow)"
      } else if let second = table.second, second.column == column {
        note = "second \(second.arrow)"
      }
      return Menu.Line(title: column.name(subject), note: note)
    }
  }

  private var storeLines: [Menu.Line] {
    scenarios.enumerated().map { index, scenario in
      Menu.Line(
        title: "\(index + 1)",
        note: scenario.map { summary(of: $0.plan).joined(separator: "  ") } ?? "empty")
    }
  }

  private func strategyLine(_ strategy: Strategy) -> Menu.Line {
    let note =
      switch strategy {
      case .complexity: "softmax of d_inter × d_intra / τ"
      case .uniform: "the same share for every concept"
      case .proportional: "by size (SSP pruning)"
      case .dInter: "softmax of d_inter / τ"
      case .dIntra: "softmax of d_intra / τ"
      }
    return Menu.Line(title: strategy.rawValue, note: note)
  }

  private func orderLine(_ order: Order) -> Menu.Line {
    let note =
      switch order {
      case .hardest: "farthest from the centroid first"
      case .easiest: "nearest to the centroid first"
      case .random: "by a hash of seed and row"
      case .similarity: "best image-text similarity first"
      case .stratified: "evenly over all distances"
      }
    return Menu.Line(title: order.rawValue, note: note)
  }

  mutating func moveMenu(_ step: Int) {
    guard case .menu(var menu)? = overlay else { return }
    menu.index = (menu.index + step + menu.lines.count) % menu.lines.count
    overlay = .menu(menu)
  }

  /// Takes the highlighted column as the second to sort by.
  mutating func acceptSecond() {
    guard case .menu(let menu)? = overlay, menu.purpose == .sort else { return }
    overlay = nil
    sortSecond(by: subject.columns[menu.index])
  }

  mutating func acceptMenu() {
    guard case .menu(let menu)? = overlay else { return }
    overlay = nil
    var changed = plan
    switch menu.purpose {
    case .sort:
      sort(by: subject.columns[menu.index])
      return
    case .strategy: changed.strategy = Strategy.allCases[menu.index]
    case .order: changed.order = Order.allCases[menu.index]
    case .store:
      storeScenario(menu.index + 1)
      return
    }
    propose(changed)
  }

  /// Chooses a line by its number, from 0.
  mutating func chooseMenuLine(_ line: Int) {
    guard case .menu(var menu)? = overlay, menu.lines.indices.contains(line) else { return }
    menu.index = line
    overlay = .menu(menu)
    acceptMenu()
  }
}
