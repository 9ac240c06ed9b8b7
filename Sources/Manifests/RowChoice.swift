// What decides the rows of a list: a plan, or one of the two baselines of the literature that know
// no concepts.

import Foundations
import Pruning
import Workspace

/// How rows are chosen out of the candidates.
public enum RowChoice: Sendable, Equatable {
  case plan(Plan)
  /// The `target` candidates of smallest `splitmix64(seed, row)`.
  case random(target: Int, seed: UInt64)
  /// The `target` candidates of largest similarity, missing ones last, ties by the lower row.
  case similarity(target: Int)

  /// The number of rows that are kept.
  public var target: Int {
    switch self {
    case .plan(let plan): plan.target
    case .random(let target, _), .similarity(let target): target
    }
  }

  /// The plan, where there is one.
  public var plan: Plan? {
    if case .plan(let plan) = self { return plan }
    return nil
  }
}

struct ChosenRows: Sendable {
  let kept: RowSet
  let quotas: [Int]

  /// - Throws: ``WinnowError`` when the choice is infeasible, or the workspace is damaged.
  /// - Complexity: O(kept rows) for plans by distance, else O(candidates); rows / 8 bytes.
  init(
    _ choice: RowChoice, _ workspace: OpenWorkspace, threads: Int
  ) throws(WinnowError) {
    switch choice {
    case .plan(let plan):
      quotas = try workspace.quotas(of: plan).quota
      kept = try workspace.keptRows(quotas, plan, threads: threads)
    case .random(let target, let seed):
      try Self.check(target, workspace)
      kept = try workspace.randomRows(target, seed: seed, threads: threads)
      quotas = try workspace.counts(of: kept, threads: threads)
    case .similarity(let target):
      try Self.check(target, workspace)
      kept = try workspace.mostSimilarRows(target, threads: threads)
      quotas = try workspace.counts(of: kept, threads: threads)
    }
    let count = kept.count
    guard count == choice.target else {
      throw .invalid(
        "\(workspace.path)/members.npy: expected \(choice.target) rows to keep, found \(count) "
          + "different ones; the workspace is damaged: build it again")
    }
  }

  private static func check(_ target: Int, _ workspace: OpenWorkspace) throws(WinnowError) {
    guard (0...workspace.candidates).contains(target) else {
      throw .invalid(
        "\(workspace.path): expected 0 to \(workspace.candidates) rows to keep, found \(target)")
    }
  }
}
