// The columns of the Concepts table: what each shows and what it sorts by. Which of them are on
// the screen is a question of width (ConceptsTable); all can be sorted by.

import Pruning

/// A column of the Concepts table, in the order of the screen.
public enum Column: String, CaseIterable, Sendable {
  case number, concept, size, dIntra, dInter, complexity, probability, quota, keep, change
  case override

  /// The title over the column.
  var title: String {
    switch self {
    case .number: "#"
    case .concept: "concept"
    case .size: "size"
    case .dIntra: "d_intra"
    case .dInter: "d_inter"
    case .complexity: "C"
    case .probability: "P"
    case .quota: "quota"
    case .keep: "keep"
    case .change: "Δ"
    case .override: "override"
    }
  }

  /// The name in sentences and menus.
  var name: String {
    switch self {
    case .number: "number"
    case .complexity: "complexity"
    case .probability: "P, the wanted share"
    case .keep: "keep-fraction"
    case .change: "change against the baseline"
    default: title
    }
  }

  /// The name in the border of the table.
  var shortName: String {
    switch self {
    case .probability: "P"
    case .change: "change"
    default: name
    }
  }

  /// Whether the table can be sorted by it.
  var isSortable: Bool { self != .concept }

  /// Whether its values follow from the plan, so that every change of the plan sorts anew.
  var followsPlan: Bool {
    switch self {
    case .probability, .quota, .keep, .change, .override: true
    default: false
    }
  }

  /// Whether sorting starts with the largest value: true for amounts, false for numbers.
  var startsDescending: Bool { self != .number }

  /// The values to sort by, one a concept.
  /// - Complexity: O(k).
  func values(_ state: State) -> [Double] {
    let scores = state.subject.scores
    switch self {
    case .number, .concept: return (0..<scores.clusters).map(Double.init)
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
    }
  }
}
