// Comparisons for people, those concepts first that differ most, and as JSON and CSV by concept.

import Pruning

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
