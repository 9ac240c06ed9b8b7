// `winnow explain`: everything that decided whether a row is in a list, in the order of the decisions.

import Foundations
import Pruning
import Workspace

/// Why a row is kept or dropped.
public struct RowExplanation: Sendable, Equatable {
  /// The duplicate's other half.
  public struct Twin: Sendable, Equatable {
    public let row: Int
    public let key: String
    public let cosine: Float
  }

  /// Where a candidate stands in its concept.
  public struct Standing: Sendable, Equatable {
    public let concept: Int
    /// Empty where nothing names the concept.
    public let name: String
    /// Rows of the concept.
    public let size: Int
    public let distance: Float
    /// Its place in the concept by distance; 0 is the farthest, as lists have it.
    public let rank: Int
    /// Its place in the plan's order, from 0; a nested order keeps places below the quota. Nil
    /// where no plan decides.
    public let place: Int?
    public let quota: Int
    /// The distance of the last row that is kept, for orders by distance that keep some, not all.
    public let cut: Float?
    public let override: Override?
  }

  public let row: Int
  public let key: String
  public let fate: Fate
  /// Of a duplicate, where the workspace tells it.
  public let twin: Twin?
  /// Of a candidate.
  public let standing: Standing?
  public let isKept: Bool
}

/// Explains rows under a choice.
///
/// - Parameters:
///   - rows: within the workspace; any order, repeated at will.
///   - threads: the result is the same for any number.
/// - Returns: one explanation a row, in the order of `rows`.
/// - Throws: ``WinnowError`` when the choice is infeasible or the workspace is damaged.
/// - Complexity: O(candidates), one pass for all rows; O(M) for each concept in question where the
///   order does not follow the distance.
public func explain(
  _ rows: [Int], _ workspace: OpenWorkspace, _ choice: RowChoice, threads: Int,
  goesOn: (Double) -> Bool
) throws(WinnowError) -> [RowExplanation] {
  let chosen = try ChosenRows(choice, workspace, threads: threads)
  let places = try workspace.places(
    of: rows, order: .hardest, seed: 0, threads: threads, goesOn: goesOn)
  let order = choice.plan?.order ?? .hardest
  let inOrder =
    order == .hardest || order == .stratified || choice.plan == nil
    ? places
    : try workspace.places(
      of: rows, order: order, seed: choice.plan?.selectionSeed ?? 0, threads: threads,
      goesOn: goesOn)
  guard let places, let inOrder else { throw .interrupted }
  let fates = try workspace.fates(of: rows)
  let twins = try workspace.twins(of: rows)
  var cuts: [Int: Float?] = [:]
  var explanations: [RowExplanation] = []
  for (index, row) in rows.enumerated() {
    var twin: RowExplanation.Twin?
    if fates[index] == .duplicate, let found = twins?[index] {
      twin = .init(row: found.row, key: try workspace.key(found.row), cosine: found.cosine)
    }
    var standing: RowExplanation.Standing?
    if let place = places[row] {
      let cluster = place.cluster
      let quota = chosen.quotas[cluster]
      if cuts[cluster] == nil {
        cuts[cluster] = .some(try cut(workspace, cluster, quota, choice.plan?.order))
      }
      standing = .init(
        concept: cluster, name: try workspace.label(cluster) ?? "",
        size: workspace.scores.size[cluster],
        distance: try workspace.distance(at: workspace.offset(cluster) + place.rank),
        rank: place.rank, place: choice.plan == nil ? nil : inOrder[row]?.rank, quota: quota,
        cut: cuts[cluster] ?? nil, override: choice.plan?.override(of: cluster))
    }
    guard (standing != nil) == (fates[index] == .candidate) else {
      throw .invalid(
        "\(workspace.path)/fate.npy: row \(row) is \(fates[index].name), members.npy disagrees; "
          + "the workspace is damaged: build it again")
    }
    explanations.append(
      RowExplanation(
        row: row, key: try workspace.key(row), fate: fates[index], twin: twin,
        standing: standing, isKept: chosen.kept.contains(row)))
  }
  return explanations
}

/// The distance of the last row that an order by distance keeps; nil where there is no cut.
private func cut(
  _ workspace: OpenWorkspace, _ cluster: Int, _ quota: Int, _ order: Order?
) throws(WinnowError) -> Float? {
  let size = workspace.scores.size[cluster]
  guard quota > 0, quota < size else { return nil }
  switch order {
  case .hardest: return try workspace.distance(at: workspace.offset(cluster) + quota - 1)
  case .easiest: return try workspace.distance(at: workspace.offset(cluster) + size - quota)
  default: return nil
  }
}

/// The rows that keys and row numbers name, in their order; a key that several rows have, all of them.
///
/// - Throws: ``WinnowError`` that names the first key or row that is not in the workspace.
public func rowsToExplain(
  _ keys: [String], _ rows: [Int], _ workspace: OpenWorkspace
) throws(WinnowError) -> [Int] {
  var found: [Int] = []
  for key in keys {
    let own = try workspace.rows(withExactKey: key)
    guard !own.isEmpty else {
      throw .invalid(
        "\(workspace.path): no item has the key \(jsonQuoted(key))"
          + (workspace.hasKeys
            ? "; keys are compared byte by byte"
            : "; the workspace has no keys: name rows, 0 to \(workspace.rows - 1)"))
    }
    found += own
  }
  for row in rows {
    guard (0..<workspace.rows).contains(row) else {
      throw .invalid(
        "\(workspace.path): expected a row from 0 to \(workspace.rows - 1), found --row \(row)")
    }
    found.append(row)
  }
  return found
}

extension RowExplanation {
  /// A paragraph: the verdict first, then what led to it.
  public func text(_ choice: RowChoice) -> String {
    var facts: [(String, String)] = []
    if let twin {
      facts.append(("twin", "row \(twin.row), key \(twin.key), cosine \(twin.cosine)"))
    }
    if let standing {
      let name = standing.name.isEmpty ? "" : "  \(standing.name)"
      facts.append(("concept", "\(standing.concept)\(name)"))
      facts.append(("distance", "\(standing.distance)"))
      facts.append(("rank", "\(standing.rank) of \(standing.size) (0 is the farthest)"))
      if let place = standing.place, let plan = choice.plan {
        if plan.order == .stratified {
          facts.append(("order", "stratified: every so many ranks one"))
        } else {
          facts.append(("order", "\(plan.order.rawValue): place \(place) of \(standing.size)"))
        }
      }
      facts.append(("quota", "\(standing.quota) of \(standing.size)"))
      if let cut = standing.cut { facts.append(("cut", "\(cut)")) }
      if let override = standing.override {
        facts.append(("override", override.summary))
        if let note = override.note { facts.append(("note", note)) }
      }
    }
    var text = "row \(row)  key \(key): \(verdict(choice))\n"
    for (name, value) in facts {
      text += "  " + name + String(repeating: " ", count: max(1, 10 - name.count)) + value + "\n"
    }
    return text
  }

  private func verdict(_ choice: RowChoice) -> String {
    guard let standing else {
      return "dropped before the concepts, \(fate.reason) (fate \(fate.rawValue))"
    }
    if isKept { return "kept" }
    switch choice {
    case .random: return "pruned, the sample is of other rows"
    case .similarity: return "pruned, others are more similar"
    case .plan:
      if standing.quota == 0 { return "pruned, its concept keeps nothing" }
      return "pruned, others of its concept come first"
    }
  }

  /// One line of JSON.
  public func json() -> String {
    func known(_ value: (any CustomStringConvertible)?) -> String { value?.description ?? "null" }
    let twin = twin.map {
      jsonObject([("row", $0.row), ("key", jsonQuoted($0.key)), ("cosine", $0.cosine)], gap: "")
    }
    let fields: [JSONField] = [
      ("row", row), ("key", jsonQuoted(key)), ("kept", isKept), ("fate", fate.rawValue),
      ("stage", jsonQuoted(fate.name)), ("twin", known(twin)),
      ("concept", known(standing?.concept)), ("name", jsonText(standing?.name ?? "")),
      ("size", known(standing?.size)),
      ("distance", known(standing?.distance)), ("rank", known(standing?.rank)),
      ("place", known(standing?.place)), ("quota", known(standing?.quota)),
      ("cut", known(standing?.cut)), ("override", jsonText(standing?.override?.summary ?? "")),
      ("note", known(standing?.override?.note.map(jsonQuoted))),
    ]
    return jsonObject(fields, gap: "") + "\n"
  }
}

extension Override {
  /// The action as tables show it: `drop`, `keep 0.5`, `count 20`, `weight 2.5`.
  var summary: String {
    switch action {
    case .drop: "drop"
    case .keep(let fraction): "keep \(fraction)"
    case .count(let count): "count \(count)"
    case .weight(let weight): "weight \(weight)"
    }
  }
}
