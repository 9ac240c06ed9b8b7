// The quota table of a plan, for people (text) and for programs (JSON, CSV).

import Foundations
import Pruning
import Workspace

/// A plan's quotas on a workspace, ready to be printed.
public struct QuotaReport: Sendable {
  private let workspace: OpenWorkspace
  private let plan: Plan
  private let quotas: Quotas
  /// What each concept is called; empty where nothing names it.
  private let names: [String]
  /// The columns of numbers: their names in the table, and the means by concept.
  private let means: [(name: String, mean: [Double])]

  /// - Throws: ``WinnowError`` when the plan is infeasible or does not fit the workspace, or the
  ///   names are damaged.
  public init(_ workspace: OpenWorkspace, _ plan: Plan) throws(WinnowError) {
    self.workspace = workspace
    self.plan = plan
    quotas = try workspace.quotas(of: plan)
    names = try workspace.labels()
    means = try workspace.numeric?.allMeans().map { ("mean_" + $0.name, $0.mean) } ?? []
  }

  private static let columns = [
    "concept", "size", "d_intra", "d_inter", "complexity", "probability", "quota", "keep",
    "override", "name",
  ]

  /// One line a concept, the most complex first, under a summary.
  ///
  /// - Parameter most: how many concepts at most; nil for all.
  public func text(most: Int? = nil) -> String {
    let scores = workspace.scores
    let order = (0..<scores.clusters).sorted {
      (-scores.complexity[$0], $0) < (-scores.complexity[$1], $1)
    }
    var lines = [summary(), "", line(Self.columns)]
    for cluster in order.prefix(most ?? order.count) {
      lines.append(
        line([
          String(cluster), String(scores.size[cluster]), fixed(scores.dIntra[cluster], 4),
          fixed(scores.dInter[cluster], 4), fixed(scores.complexity[cluster], 4),
          fixed(quotas.probability[cluster], 6), String(quotas.quota[cluster]),
          percent(cluster), overrideText(cluster), names[cluster],
        ]))
    }
    if let most, most < order.count { lines.append("and \(order.count - most) more concepts") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func summary() -> String {
    let fraction = Double(plan.target) / Double(workspace.candidates) * 100
    var text =
      "\(workspace.name): keep \(plan.target) of \(workspace.candidates) candidates "
      + "(\(fixed(fraction, 2)) %), \(workspace.clusters) concepts, \(plan.strategy.rawValue)"
    if plan.strategy.usesTemperature { text += ", tau \(plan.temperature)" }
    text += ", \(plan.order.rawValue), minimum \(plan.minimum), share \(plan.share)\n"
    return text + "sum of quotas \(quotas.sum), \(quotas.saturated) concepts saturated, "
      + "\(plan.overrides.count) overrides"
  }

  private func line(_ cells: [String]) -> String {
    func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    var text = ""
    for (cell, width) in zip(cells, [7, 10, 8, 8, 10, 11, 10, 8]) {
      text += blanks(max(text.isEmpty ? 0 : 1, width - cell.count)) + cell
    }
    // The last two begin at the left; names are cut nowhere, so they come last.
    text += "  " + cells[8] + blanks(12 - cells[8].count) + "  " + cells[9]
    while text.last == " " { text.removeLast() }
    return text
  }

  private func percent(_ cluster: Int) -> String {
    let size = workspace.scores.size[cluster]
    guard size > 0 else { return "-" }
    return fixed(Double(quotas.quota[cluster]) / Double(size) * 100, 1) + "%"
  }

  private func overrideText(_ cluster: Int) -> String {
    plan.override(of: cluster)?.summary ?? ""
  }

  /// Comma-separated values with a header, by concept number.
  public func csv() -> String {
    var text =
      (Self.columns + means.map { CSVManifest.quoted($0.name) }).joined(separator: ",") + "\n"
    for cluster in 0..<workspace.clusters {
      let cells = values(cluster) + [overrideText(cluster), names[cluster]] + meanTexts(cluster)
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  /// One object: the plan's figures and an array of concepts by number.
  public func json() -> String {
    let fieldNames = Self.columns.dropLast(2)
    let concepts = (0..<workspace.clusters).map { cluster in
      var fields: [JSONField] = zip(fieldNames, values(cluster)).map {
        ($0, $1.isEmpty ? "null" : $1)
      }
      fields += [("override", jsonText(overrideText(cluster))), ("name", jsonText(names[cluster]))]
      // The names are foreign text.
      fields += zip(means, meanTexts(cluster)).map {
        (String(jsonQuoted($0.name).dropFirst().dropLast()), $1.isEmpty ? "null" : $1)
      }
      return jsonObject(fields)
    }
    let written = String(decoding: plan.json(), as: UTF8.self).split(separator: "\n")
    return jsonDocument([
      ("workspace", jsonQuoted(workspace.name)), ("rows", workspace.rows),
      ("candidates", workspace.candidates), ("target", plan.target), ("sum", quotas.sum),
      ("saturated", quotas.saturated), ("shift", quotas.shift),
      ("plan", written.joined(separator: "\n  ")), ("concepts", jsonLines(concepts)),
    ])
  }

  /// The means as numbers that read back exactly; none where no row has a value.
  private func meanTexts(_ cluster: Int) -> [String] {
    means.map { $0.mean[cluster].isNaN ? "" : "\($0.mean[cluster])" }
  }

  /// All but override, name and means, as numbers that read back exactly; an empty concept has no `keep`.
  private func values(_ cluster: Int) -> [String] {
    let scores = workspace.scores
    let size = scores.size[cluster]
    let keep = size > 0 ? "\(Double(quotas.quota[cluster]) / Double(size))" : ""
    return [
      "\(cluster)", "\(size)", "\(scores.dIntra[cluster])", "\(scores.dInter[cluster])",
      "\(scores.complexity[cluster])", "\(quotas.probability[cluster])",
      "\(quotas.quota[cluster])", keep,
    ]
  }
}

/// `value` with `places` decimals, rounded half away from zero.
func fixed(_ value: Double, _ places: Int) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let digits = padded(String(Int(scaled)), places + 1)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return places == 0 ? sign + digits : sign + digits.dropLast(places) + "." + digits.suffix(places)
}
