// `winnow compare`: what two plans keep in common, and where they differ.

import Foundations
import Pruning
import Workspace

/// Two plans on one workspace.
public struct PlanComparison: Sendable, Equatable {
  /// What the plans say of one concept.
  public struct Concept: Sendable, Equatable {
    public let size: Int
    /// Rows that each plan keeps.
    public let a: Int
    public let b: Int
    /// Rows that both keep.
    public let both: Int
    /// Empty where nothing names the concept.
    public let name: String

    public var onlyA: Int { a - both }
    public var onlyB: Int { b - both }
  }

  /// What the workspace is called.
  public let workspace: String
  /// What the plans are called.
  public let names: [String]
  public let candidates: Int
  /// By number.
  public let concepts: [Concept]

  /// - Parameters:
  ///   - names: of the two plans, for people.
  ///   - threads: the result is the same for any number.
  /// - Throws: ``WinnowError`` when a plan is infeasible, or the workspace is damaged.
  /// - Complexity: O(k) where both plans have the same nested order, else O(candidates).
  public init(
    _ workspace: OpenWorkspace, _ plans: (a: Plan, b: Plan), names: (a: String, b: String),
    threads: Int
  ) throws(WinnowError) {
    let quotas = (
      a: try workspace.quotas(of: plans.a).quota, b: try workspace.quotas(of: plans.b).quota
    )
    let both = try workspace.overlaps(plans.a, quotas.a, plans.b, quotas.b, threads: threads)
    concepts = try workspace.labels().enumerated().map { cluster, name in
      Concept(
        size: workspace.scores.size[cluster], a: quotas.a[cluster], b: quotas.b[cluster],
        both: both[cluster], name: name)
    }
    self.workspace = workspace.name
    self.names = [names.a, names.b]
    candidates = workspace.candidates
  }

  /// Rows that both keep.
  public var both: Int { concepts.reduce(0) { $0 + $1.both } }
  /// Rows that only the first keeps.
  public var onlyA: Int { concepts.reduce(0) { $0 + $1.onlyA } }
  /// Rows that only the second keeps.
  public var onlyB: Int { concepts.reduce(0) { $0 + $1.onlyB } }
  /// Rows that both keep, of those that one keeps; 1 where neither keeps any.
  public var jaccard: Double { jaccardIndex(both: both, either: both + onlyA + onlyB) }
}

/// Common rows of all rows; 1 for two empty lists, which are equal.
func jaccardIndex(both: Int, either: Int) -> Double {
  either == 0 ? 1 : Double(both) / Double(either)
}
