// What can lie above a screen. One at a time; while it is there, keys go to it.

import Pruning

/// Something above the screen.
enum Overlay: Sendable, Equatable {
  case prompt(Prompt)
  case menu(Menu)
  case commit(CommitDialogue)
  /// Quitting with a plan that is not committed.
  case quit
  /// The help, from this line on.
  case help(top: Int)
}

/// A few choices in a box.
struct Menu: Sendable, Equatable {
  enum Purpose: Sendable, Equatable {
    case sort, strategy, order
    /// Where to keep the plan as a scenario.
    case store
  }
  var purpose: Purpose
  /// The highlighted line.
  var index: Int
}

/// The question before a commit.
struct CommitDialogue: Sendable, Equatable {
  var output: Output
  /// What lies there; nil until it is known.
  var existing: OutputState?
  /// Whether the highlight is on "yes".
  var isYes = false
}

extension Menu {
  /// The lines to choose from.
  var titles: [String] {
    switch purpose {
    case .sort: Column.allCases.filter(\.isSortable).map(\.name)
    case .strategy: Strategy.allCases.map(\.rawValue)
    case .order: Order.allCases.map(\.rawValue)
    case .store: (1...State.scenarioPlaces).map { "\($0)" }
    }
  }

  /// What each line means, in a few words.
  func notes(_ state: State) -> [String] {
    switch purpose {
    case .store:
      state.scenarios.map {
        $0.map { state.summary(of: $0.plan).joined(separator: "  ") } ?? "empty"
      }
    case .sort: Column.allCases.filter(\.isSortable).map { _ in "" }
    case .strategy:
      Strategy.allCases.map {
        switch $0 {
        case .complexity: "softmax of d_inter × d_intra / τ"
        case .uniform: "the same share for every concept"
        case .proportional: "by size (SSP pruning)"
        case .dInter: "softmax of d_inter / τ"
        case .dIntra: "softmax of d_intra / τ"
        }
      }
    case .order:
      Order.allCases.map {
        switch $0 {
        case .hardest: "farthest from the centroid first"
        case .easiest: "nearest to the centroid first"
        case .random: "by a hash of seed and row"
        case .similarity: "best image-text similarity first"
        case .stratified: "evenly over all distances"
        }
      }
    }
  }

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
    let index: Int =
      switch purpose {
      case .sort: Column.allCases.filter(\.isSortable).firstIndex(of: table.column) ?? 0
      case .strategy: Strategy.allCases.firstIndex(of: plan.strategy) ?? 0
      case .order: Order.allCases.firstIndex(of: plan.order) ?? 0
      case .store: scenarios.firstIndex(of: nil) ?? 0
      }
    overlay = .menu(Menu(purpose: purpose, index: index))
  }

  mutating func moveMenu(_ step: Int) {
    guard case .menu(var menu)? = overlay else { return }
    menu.index = (menu.index + step + menu.titles.count) % menu.titles.count
    overlay = .menu(menu)
  }

  mutating func acceptMenu() {
    guard case .menu(let menu)? = overlay else { return }
    overlay = nil
    var changed = plan
    switch menu.purpose {
    case .sort:
      sort(by: Column.allCases.filter(\.isSortable)[menu.index])
      return
    case .strategy: changed.strategy = Strategy.allCases[menu.index]
    case .order: changed.order = Order.allCases[menu.index]
    case .store:
      storeScenario(menu.index + 1)
      return
    }
    propose(changed)
  }

  /// Takes a line by its number, from 0.
  mutating func takeMenuLine(_ line: Int) {
    guard case .menu(var menu)? = overlay, menu.titles.indices.contains(line) else { return }
    menu.index = line
    overlay = .menu(menu)
    acceptMenu()
  }

  mutating func openCommit() {
    overlay = .commit(CommitDialogue(output: output))
    start(.inspect(output))
  }

  /// The next format; a file's name that ends as the old one does gets the new one's ending.
  mutating func changeFormat(_ step: Int) {
    let formats = subject.formats
    guard case .commit? = overlay, !formats.isEmpty else { return }
    let here = formats.firstIndex { $0.name == output.format } ?? 0
    let next = formats[(here + step + formats.count) % formats.count]
    if output.path.hasSuffix("." + formats[here].ending) {
      output.path = output.path.dropLast(formats[here].ending.count) + next.ending
    }
    output.format = next.name
    openCommit()
  }

  mutating func acceptCommit() {
    guard case .commit(let dialogue)? = overlay else { return }
    switch dialogue.existing {
    case nil: say("looking at what is there …")
    case .blocked(let reason)?: warn(reason)
    case .free?, .file?:
      overlay = nil
      start(.commit(plan, dialogue.output, replace: dialogue.existing != .free))
    }
  }
}
