// The columns of the Concepts table: what each shows and what it sorts by. Which of them are on
// the screen is a question of width (ConceptsTable); all can be sorted by, and all but names and
// overrides be compared in a filter.

import Pruning

/// A column of the Concepts table.
public enum Column: Hashable, Sendable {
  case number, concept, size, dIntra, dInter, complexity, probability, quota, keep, change
  case override
  /// The mean of a numeric column of the metadata, by its place in the subject's list.
  case metadata(Int)

  /// Those that every workspace has, in the order of the screen.
  public static let standard: [Column] = [
    .number, .concept, .size, .dIntra, .dInter, .complexity, .probability, .quota, .keep, .change,
    .override,
  ]

  func title(_ subject: Subject) -> String { names(subject).title }

  /// The name in menus.
  func name(_ subject: Subject) -> String { names(subject).menu }

  /// The name in the border of the table and in sentences.
  func shortName(_ subject: Subject) -> String { names(subject).short }

  private func names(_ subject: Subject) -> (title: String, menu: String, short: String) {
    switch self {
    case .number: return ("#", "number", "number")
    case .concept: return ("concept", "name", "name")
    case .size: return ("size", "size", "size")
    case .dIntra: return ("d_intra", "d_intra", "d_intra")
    case .dInter: return ("d_inter", "d_inter", "d_inter")
    case .complexity: return ("C", "complexity", "complexity")
    case .probability: return ("P", "P, the target share", "P")
    case .quota: return ("quota", "quota", "quota")
    case .keep: return ("keep", "keep-fraction", "keep")
    case .change: return ("Δ", "change from the baseline", "change")
    case .override: return ("override", "override", "override")
    case .metadata(let place):
      let name = subject.metadata[place].name
      return (name, "mean \(name)", name)
    }
  }

  /// Whether its values follow from the plan, so that every change of the plan sorts anew.
  var followsPlan: Bool {
    switch self {
    case .probability, .quota, .keep, .change, .override: true
    default: false
    }
  }

  /// Whether its values have to be looked at again after a change.
  func follows(_ change: FilterTerm.Dependence) -> Bool {
    switch change {
    case .plan: followsPlan
    case .names: self == .concept
    case .marks, .nothing: false
    }
  }

  /// The values to sort by and to compare, one a concept; NaN where one is missing.
  /// - Complexity: O(k).
  func values(_ state: State) -> [Double] {
    let scores = state.subject.scores
    switch self {
    case .number: return (0..<scores.clusters).map(Double.init)
    case .concept:
      // Until all names are read, numbers take their place.
      return state.names?.rank.map(Double.init) ?? (0..<scores.clusters).map(Double.init)
    case .size: return scores.size.map(Double.init)
    case .dIntra: return scores.dIntra
    case .dInter: return scores.dInter
    case .complexity: return scores.complexity
    case .probability: return state.quotas.probability
    case .quota: return state.quotas.quota.map(Double.init)
    case .keep:
      return scores.size.indices.map { state.keepFraction(of: $0) }
    case .change:
      return scores.size.indices.map { Double(state.change(of: $0)) }
    case .override:
      var ranks = [Double](repeating: 0, count: scores.clusters)
      for override in state.plan.overrides {
        switch override.action {
        case .drop: ranks[override.cluster] = 4
        case .keep: ranks[override.cluster] = 3
        case .count: ranks[override.cluster] = 2
        case .weight: ranks[override.cluster] = 1
        }
      }
      return ranks
    case .metadata(let place): return state.subject.metadata[place].mean
    }
  }
}

extension Subject {
  /// All columns, in the order of the screen.
  public var columns: [Column] { Column.standard + metadata.indices.map(Column.metadata) }

  /// The column that a filter means by `name`; nil for none. Without regard to case.
  func column(named name: String) -> Column? {
    let name = name.lowercased()
    let others: [String: Column] = [
      "dintra": .dIntra, "dinter": .dInter, "probability": .probability, "delta": .change,
    ]
    let known = Column.standard.first {
      $0.title(self).lowercased() == name || $0.shortName(self).lowercased() == name
    }
    if let column = known ?? others[name] { return column }
    return metadata.firstIndex { $0.name.lowercased() == name }.map(Column.metadata)
  }

  /// The names that a comparison can begin with, for messages.
  var comparableNames: [String] {
    ["size", "d_intra", "d_inter", "C", "P", "quota", "keep", "change", "#"] + metadata.map(\.name)
  }
}
