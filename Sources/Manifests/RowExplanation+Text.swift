// Explanations for people, a paragraph a row, and for programs, a JSON object a line.

import Pruning
import Workspace

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
