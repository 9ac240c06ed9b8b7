// One entry of the action table. Keys, the key bar, the help, docs/keys.md and the sentence that a
// disabled action answers with all come from it: what is not here cannot be done, and what is here
// is documented.

/// Groups of the help, in its order.
public enum ActionGroup: String, CaseIterable, Sendable {
  case target = "Target"
  case plan = "Plan"
  case scenarios = "Scenarios"
  case concept = "The concept under the cursor, or all marked"
  case moving = "Moving"
  case items = "Rows of a concept"
  case shift = "Shift and Map"
  case finding = "Finding rows"
  case commits = "Committed plans and drafts"
  case sorting = "Sorting, filtering, marking"
  case general = "General"
  case answering = "Prompts, menus, questions"
}

/// Something that a key can do.
public struct Action: Sendable {
  /// Whether it can be done now.
  public enum Availability: Sendable, Equatable {
    case yes
    /// Not now; the sentence says why.
    case no(String)
  }

  /// A name for scripts, tests and documents: `target.up`. Unique.
  public let id: String
  /// The keys that do it, the usual one first; never empty.
  public let keys: [KeyPress]
  /// Where it can be done.
  public fileprivate(set) var contexts: Set<Context>
  /// Its place in the help.
  public fileprivate(set) var group: ActionGroup?
  /// One or two words for the key bar.
  public let label: String
  /// One line for the help, without a full stop.
  public let help: String
  /// Its weight in the key bar, if it is there: of those that do not fit, the largest leave first.
  public let barRank: Int?
  /// The keys as the key bar shows them, where one entry stands for several actions.
  public let barKeys: String?
  /// Whether it can be done in a state, and why not.
  public private(set) var isAvailable: @Sendable (State) -> Availability = { _ in .yes }
  let effect: @Sendable (inout State) -> Void

  /// Contexts and group come from the list that the action stands in, if they are not given.
  init(
    _ id: String, _ keys: [KeyPress], _ label: String, on contexts: Set<Context> = [],
    in group: ActionGroup? = nil, help: String, rank: Int? = nil, shown: String? = nil,
    effect: @escaping @Sendable (inout State) -> Void
  ) {
    (self.id, self.keys, self.label) = (id, keys, label)
    (self.contexts, self.group, self.help) = (contexts, group, help)
    barRank = rank
    barKeys = shown
    self.effect = effect
  }

  /// The same action, available only when `availability` says so.
  func when(_ availability: @escaping @Sendable (State) -> Availability) -> Action {
    var action = self
    action.isAvailable = availability
    return action
  }
}

extension [Action] {
  /// The actions, in these contexts and this group where they do not say otherwise.
  func on(_ contexts: Set<Context>, _ group: ActionGroup) -> [Action] {
    map {
      var action = $0
      if action.contexts.isEmpty { action.contexts = contexts }
      action.group = action.group ?? group
      return action
    }
  }
}

/// The action table.
public enum Actions {
  /// Every action, in the order of the help and the key bar: by groups, each list of a screen in
  /// one piece.
  public static let all: [Action] = {
    let lists =
      [target, plan, scenarios, concept, moving] + Screens.all.map(\.actions)
      + [screens, general, answering, menuLines, dialogues]
    return ActionGroup.allCases.flatMap { group in
      lists.filter { $0.first?.group == group }.flatMap { $0 }
    }
  }()

  private static let byKey: [Context: [KeyPress: Action]] = {
    var table: [Context: [KeyPress: Action]] = [:]
    for action in all {
      for context in action.contexts {
        for key in action.keys { table[context, default: [:]][key] = action }
      }
    }
    return table
  }()

  /// What `key` does in `context`.
  public static func action(for key: KeyPress, in context: Context) -> Action? {
    byKey[context]?[key]
  }
}

/// Where keys go at the moment: a screen, or something that lies above one. Each names its own
/// context beside itself; nothing here lists the screens.
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
