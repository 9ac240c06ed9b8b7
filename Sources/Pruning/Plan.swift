// All that decides the quotas and the rows, as one value. The scalar fields are plain variables,
// so that a key press is one assignment; `validate` says whether the whole may be solved, and the
// solver asks it first.

import Foundations

/// A target and every choice that turns it into kept rows.
public struct Plan: Sendable, Equatable {
  /// SHA-256 (hex) of the centroids that the cluster numbers of the overrides belong to.
  public var clustering: String?
  /// N, the number of rows to keep.
  public var target: Int
  /// tau of the softmax, finite and above 0.
  public var temperature = 0.1
  /// Where the shares come from.
  public var strategy = Strategy.complexity
  /// Which rows of a concept are kept.
  public var order = Order.hardest
  /// Rows that every concept taking part keeps at least (all of them if it has fewer), >= 0.
  public var minimum = 1
  /// The same as a share (0...1) of the mean quota: floor(share * N' / k').
  public var share = 0.0
  /// The seed of the order `random`.
  public var selectionSeed: UInt64 = 1
  /// By ascending cluster number, at most one each.
  public private(set) var overrides: [Override] = []

  /// A plan with the published choices and no overrides.
  public init(target: Int, clustering: String? = nil) {
    self.target = target
    self.clustering = clustering
  }

  /// The override of `cluster`, if it has one.
  ///
  /// - Complexity: O(log overrides).
  public func override(of cluster: Int) -> Override? {
    let index = firstOverride(from: cluster)
    return index < overrides.count && overrides[index].cluster == cluster ? overrides[index] : nil
  }

  /// Puts `override` in place of whatever its cluster had.
  ///
  /// - Complexity: O(overrides).
  public mutating func setOverride(_ override: Override) {
    let index = firstOverride(from: override.cluster)
    if index < overrides.count, overrides[index].cluster == override.cluster {
      overrides[index] = override
    } else {
      overrides.insert(override, at: index)
    }
  }

  /// Gives each of many clusters another override, or none.
  ///
  /// - Parameters:
  ///   - clusters: ascending, each once.
  ///   - change: what a cluster gets in place of what it has.
  /// - Complexity: O(overrides + clusters).
  public mutating func setOverrides(
    of clusters: [Int], _ change: (_ cluster: Int, _ old: Override?) -> Override?
  ) {
    var merged: [Override] = []
    merged.reserveCapacity(overrides.count + clusters.count)
    var rest = overrides[...]
    for cluster in clusters {
      while let next = rest.first, next.cluster < cluster { merged.append(rest.removeFirst()) }
      let old = rest.first?.cluster == cluster ? rest.removeFirst() : nil
      if let new = change(cluster, old) {
        precondition(new.cluster == cluster, "an override of another cluster")
        merged.append(new)
      }
    }
    overrides = merged + rest
  }

  /// Clears all overrides.
  public mutating func removeAllOverrides() {
    overrides.removeAll()
  }

  private func firstOverride(from cluster: Int) -> Int {
    firstPlace(in: overrides.indices) { overrides[$0].cluster >= cluster }
  }
}

/// The plan that everything begins with: 27.7 % of the candidates, the share at which the paper's
/// model outdid the whole data set, brought into the feasible interval.
///
/// - Complexity: O(k)
public func openingPlan(_ scores: ConceptScores) throws(PlanError) -> Plan {
  var plan = Plan(target: try Keep(parsing: "27.7%").target(candidates: scores.candidates))
  let feasible = QuotaSolver(scores: scores).feasibleTargets(plan)
  plan.target = min(max(plan.target, feasible.lowerBound), feasible.upperBound)
  return plan
}
