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

  /// What happened to the row, in a few words.
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
    var fields = [
      "\"row\": \(row)", "\"key\": \(jsonQuoted(key))", "\"kept\": \(isKept)",
      "\"fate\": \(fate.rawValue)", "\"stage\": \(jsonQuoted(fate.name))",
    ]
    if let twin {
      fields.append(
        "\"twin\": {\"row\": \(twin.row), \"key\": \(jsonQuoted(twin.key)), "
          + "\"cosine\": \(twin.cosine)}")
    } else {
      fields.append("\"twin\": null")
    }
    func add(_ name: String, _ value: String?) { fields.append("\"\(name)\": \(value ?? "null")") }
    add("concept", standing.map { "\($0.concept)" })
    add("name", standing.flatMap { $0.name.isEmpty ? nil : jsonQuoted($0.name) })
    add("size", standing.map { "\($0.size)" })
    add("distance", standing.map { "\($0.distance)" })
    add("rank", standing.map { "\($0.rank)" })
    add("place", standing.flatMap { $0.place.map { "\($0)" } })
    add("quota", standing.map { "\($0.quota)" })
    add("cut", standing.flatMap { $0.cut.map { "\($0)" } })
    add("override", standing.flatMap { $0.override.map { jsonQuoted($0.summary) } })
    add("note", standing.flatMap { $0.override?.note.map(jsonQuoted) })
    return "{" + fields.joined(separator: ", ") + "}\n"
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
