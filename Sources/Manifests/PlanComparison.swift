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

extension PlanComparison {
  /// A summary, and a line for each concept in which the plans differ.
  public func text() -> String {
    var lines = [
      "\(workspace): \(candidates) candidates", "A  \(names[0]): \(both + onlyA) rows",
      "B  \(names[1]): \(both + onlyB) rows", "",
      "kept by both \(both), only by A \(onlyA), only by B \(onlyB), Jaccard \(fixed(jaccard, 4))",
    ]
    let moved = concepts.map { $0.onlyA + $0.onlyB }
    let differing = moved.indices.filter { moved[$0] > 0 }
      .sorted { (-moved[$0], $0) < (-moved[$1], $1) }
    if differing.isEmpty {
      return (lines + ["they keep the same rows"]).joined(separator: "\n") + "\n"
    }
    var table = TextTable([
      "concept", "size", "A", "B", "change", "both", "only A", "only B", "name",
    ])
    for cluster in differing {
      let concept = concepts[cluster]
      let change = concept.b - concept.a
      table.add([
        "\(cluster)", "\(concept.size)", "\(concept.a)", "\(concept.b)",
        change > 0 ? "+\(change)" : "\(change)", "\(concept.both)", "\(concept.onlyA)",
        "\(concept.onlyB)", concept.name,
      ])
    }
    lines += ["\(differing.count) of \(concepts.count) concepts differ:", table.text()]
    return lines.joined(separator: "\n")
  }

  /// A line a concept, by number.
  public func csv() -> String {
    var text = "concept,size,a,b,both,only_a,only_b,name\n"
    for (cluster, concept) in concepts.enumerated() {
      text +=
        "\(cluster),\(concept.size),\(concept.a),\(concept.b),\(concept.both),"
        + "\(concept.onlyA),\(concept.onlyB),\(CSVManifest.quoted(concept.name))\n"
    }
    return text
  }

  /// One object.
  public func json() -> String {
    let rows = concepts.enumerated().map { cluster, concept in
      jsonObject([
        ("concept", cluster), ("size", concept.size), ("a", concept.a),
        ("b", concept.b), ("both", concept.both), ("only_a", concept.onlyA),
        ("only_b", concept.onlyB), ("name", jsonText(concept.name)),
      ])
    }
    return jsonDocument([
      ("workspace", jsonQuoted(workspace)), ("candidates", candidates),
      ("a", jsonObject([("plan", jsonQuoted(names[0])), ("rows", both + onlyA)])),
      ("b", jsonObject([("plan", jsonQuoted(names[1])), ("rows", both + onlyB)])),
      ("both", both), ("only_a", onlyA), ("only_b", onlyB), ("jaccard", jaccard),
      ("concepts", jsonLines(rows)),
    ])
  }
}
