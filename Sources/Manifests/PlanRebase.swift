// `winnow plan --rebase`: a plan's overrides name clusters by number, which another build numbers
// otherwise. Each goes to the concept whose centroid is nearest to that of its old one.

import Foundations
import Pruning
import Workspace

/// A plan that was carried over to another clustering.
public struct PlanRebase: Sendable {
  /// Where one override went.
  public struct Move: Sendable, Equatable {
    public let override: Override
    /// What the old concept is called; empty where nothing names it.
    public let oldName: String
    /// The new concept.
    public let cluster: Int
    public let newName: String
    /// Of the two centroids.
    public let cosine: Double
  }

  /// The plan for the new workspace.
  public let plan: Plan
  /// One for each override of the old plan, by its cluster.
  public let moves: [Move]

  /// - Parameter plan: of the old workspace. Its target stays a number of rows.
  /// - Throws: ``WinnowError`` when the widths differ, when overrides that say different things
  ///   meet at one concept (all are named), or when the result is infeasible.
  /// - Complexity: O(overrides * k * dimensions)
  public init(
    _ plan: Plan, from old: OpenWorkspace, to new: OpenWorkspace
  ) throws(WinnowError) {
    guard old.dimensions == new.dimensions else {
      throw .invalid(
        "\(new.path): expected \(old.dimensions) dimensions, as \(old.path) has, found "
          + "\(new.dimensions); overrides can only be carried over within one embedding space")
    }
    let nearest = try new.nearestClusters(
      to: plan.overrides.map { (override) throws(WinnowError) in
        try old.centroid(override.cluster)
      })
    var moves: [Move] = []
    for (override, found) in zip(plan.overrides, nearest) {
      moves.append(
        Move(
          override: override, oldName: try old.label(override.cluster) ?? "",
          cluster: found.cluster, newName: try new.label(found.cluster) ?? "",
          cosine: found.cosine))
    }
    self.moves = moves
    var result = plan
    result.removeAllOverrides()
    result.clustering = new.clustering
    var conflicts: [String] = []
    for (cluster, group) in Self.meetings(moves) {
      guard group.allSatisfy({ $0.override.action == group[0].override.action }),
        group.count == 1 || group[0].override.canBeShared
      else {
        let parts = group.map { "\($0.override.cluster) (\($0.override.summary))" }
        conflicts.append("concepts \(parts.joined(separator: ", ")) map to concept \(cluster)")
        continue
      }
      let notes = group.compactMap(\.override.note)
      result.setOverride(
        Override(
          cluster: cluster, action: group[0].override.action,
          note: notes.isEmpty ? nil : notes.joined(separator: "; ")))
    }
    guard conflicts.isEmpty else {
      throw .invalid(
        "\(new.path): " + conflicts.joined(separator: "; ")
          + "; their overrides conflict: remove all but one of each from the plan")
    }
    _ = try new.quotas(of: result)
    self.plan = result
  }

  /// The moves by the new concept.
  private static func meetings(_ moves: [Move]) -> [(key: Int, value: [Move])] {
    Dictionary(grouping: moves, by: \.cluster).sorted { $0.key < $1.key }
  }

  /// How near the overrides came, a line each, and which ones met, for people.
  public func text() -> String {
    if moves.isEmpty { return "the plan has no overrides to carry over\n" }
    var table = TextTable(["concept", "becomes", "cosine", "override", "names"])
    for move in moves {
      table.add([
        "\(move.override.cluster)", "\(move.cluster)", fixed(move.cosine, 4), move.override.summary,
        move.oldName == move.newName ? move.oldName : "\(move.oldName)  ->  \(move.newName)",
      ])
    }
    var text = table.text()
    for (cluster, group) in Self.meetings(moves) where group.count > 1 {
      let concepts = group.map { "\($0.override.cluster)" }.joined(separator: ", ")
      text += "concepts \(concepts) map to concept \(cluster), which gets one override\n"
    }
    return text
  }
}

extension Override {
  /// Whether the same override of two concepts means the same for both of them as one; a count does
  /// not, twice as many rows were meant.
  fileprivate var canBeShared: Bool {
    if case .count = action { return false }
    return true
  }
}
