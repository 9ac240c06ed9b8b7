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

extension Plan {
  /// Checks every field against its range and every override against its concept.
  ///
  /// Whether the target can be reached is the solver's to say.
  ///
  /// - Throws: `PlanError.invalid` naming the field, what was expected and what was found.
  /// - Complexity: O(overrides).
  public func validate(_ scores: ConceptScores) throws(PlanError) {
    try Self.require(target >= 0, "target", "a number of rows, 0 or more", "\(target)")
    try Self.require(
      temperature.isFinite && temperature > 0, "temperature", "a finite number above 0",
      "\(temperature)")
    try Self.require(minimum >= 0, "minimum", "a number of rows, 0 or more", "\(minimum)")
    try Self.require(share >= 0 && share <= 1, "share", "a number from 0 to 1", "\(share)")
    for override in overrides { try Self.validate(override, scores) }
  }

  private static func validate(
    _ override: Override, _ scores: ConceptScores
  ) throws(PlanError) {
    let cluster = override.cluster
    let field = "override of cluster \(cluster)"
    try require(
      scores.size.indices.contains(cluster), field,
      scores.clusters == 0
        ? "no override, because there are no concepts"
        : "a cluster from 0 to \(scores.clusters - 1)",
      "\(cluster)")
    switch override.action {
    case .drop: break
    case .keep(let fraction):
      try require(
        fraction <= .one, field, "keep as a fraction from 0 to 1 (use count for rows)",
        "\(fraction)")
    case .count(let count):
      let size = scores.size[cluster]
      try require(
        count >= 0 && count <= size, field, "a count from 0 to its \(size) rows", "\(count)")
    case .weight(let weight):
      try require(
        weight.isFinite && weight > 0, field, "a finite weight above 0 (use drop for none)",
        "\(weight)")
    }
  }

  private static func require(
    _ holds: Bool, _ field: String, _ expected: String, _ found: String
  ) throws(PlanError) {
    if !holds {
      throw .invalid(field: field, text: "\(field): expected \(expected), found \(found)")
    }
  }
}

// As text that people read, edit and keep in version control: fields in one order, one override a
// line, numbers as short as they can be. Equal plans give equal bytes.

extension Plan {
  /// The plan as JSON (format 1), UTF-8 with a newline at the end; `read` takes it back.
  ///
  /// - Complexity: O(overrides).
  public func json() -> [UInt8] {
    var text = "{ \"format\": 1, "
    if let clustering { text += "\"clustering\": \(jsonQuoted(clustering)), " }
    text += "\"target\": \(target), \"temperature\": \(Self.shortest(temperature)),\n"
    text += "  \"strategy\": \"\(strategy.rawValue)\", \"order\": \"\(order.rawValue)\", "
    text += "\"minimum\": \(minimum), \"share\": \(Self.shortest(share)), "
    text += "\"selection-seed\": \(selectionSeed),\n  \"overrides\": ["
    let lines = overrides.map { Self.line($0) }
    text += lines.isEmpty ? "]" : " " + lines.joined(separator: ",\n                 ") + " ]"
    text += " }\n"
    return Array(text.utf8)
  }

  private static func line(_ override: Override) -> String {
    var text = "{ \"cluster\": \(override.cluster), "
    switch override.action {
    case .drop: text += "\"drop\": true"
    case .keep(let fraction):
      // A fraction looks like one: 1.0 keeps the whole concept, not one row.
      text += "\"keep\": \(fraction)\(fraction.wholeNumber == nil ? "" : ".0")"
    case .count(let count): text += "\"count\": \(count)"
    case .weight(let weight): text += "\"weight\": \(shortest(weight))"
    }
    if let note = override.note { text += ", \"note\": \(jsonQuoted(note))" }
    return text + " }"
  }

  /// The shortest text that reads back as `value`, without a needless `.0`.
  private static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// Why a plan, or a text that should become a part of one, was refused: the one error of this
/// module. The explorer meets infeasible targets all the time: it keeps the last feasible plan and
/// shows the text.
public enum PlanError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bounds and overrides leave no quotas that sum to `target`; `feasible` holds the targets
  /// that they allow.
  case infeasible(target: Int, feasible: ClosedRange<Int>, text: String)
  /// `field` has a value that no plan may have; `text` names it, what was expected and found.
  case invalid(field: String, text: String)

  /// One line for people: the field, what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .infeasible(_, _, let text), .invalid(_, let text): text
    }
  }

  /// The refusal of the order `similarity` by a workspace without similarities, which only the
  /// caller can know.
  public static var similarityMissing: PlanError {
    .invalid(
      field: "order",
      text: "order: similarity needs the image-text similarity of each row, and the workspace has "
        + "none; choose hardest, easiest, random or stratified, or build with --similarity NAME")
  }
}
