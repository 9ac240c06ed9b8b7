// `winnow info`: what is in a workspace.

import Foundations
import Pruning
import Workspace

/// The facts of a workspace, ready to be printed.
public struct WorkspaceReport: Sendable {
  private typealias Fact = (name: String, text: String, json: String)

  private let facts: [Fact]

  /// - Complexity: O(files), or O(bytes) when the build's record of them is missing.
  public init(_ workspace: OpenWorkspace) throws(WinnowError) {
    let description = workspace.description
    let fingerprint = try workspace.fingerprint()
    let last = try PlanStore(workspace).lastCommitted()
    let sizes = workspace.scores.size
    func number(_ name: String, _ value: (some BinaryInteger)?) -> Fact {
      (name, value.map { "\($0)" } ?? "none", value.map { "\($0)" } ?? "null")
    }
    func text(_ name: String, _ value: String?) -> Fact {
      (name, value ?? "none", value.map(jsonQuoted) ?? "null")
    }
    let training = description.training
    let numbers = workspace.numeric?.names ?? []
    var facts: [Fact] = [
      text("workspace", workspace.path),
      number("format", description.format),
      number("rows", description.rows),
      number("candidates", description.candidates),
    ]
    for filter in Fate.allCases.compactMap(\.filter) {
      if let count = description.filters[filter] {
        facts.append(number("dropped-\(filter)", count))
      }
    }
    let given = description.parameters
    let filters = [
      ("where", given.condition), ("allow", given.allow.map(listText)),
      ("deny", given.deny.map(listText)), ("similarity-min", given.similarityMin),
      ("similarity-top", given.similarityTop), ("dedup", given.dedup.map(Self.text)),
    ]
    for case (let name, let value?) in filters { facts.append(text(name, value)) }
    facts += [
      number("dimensions", description.dimensions),
      number("shards", description.inputs.count),
      number("concepts", description.clusters),
      number("empty-concepts", sizes.count { $0 == 0 }),
      number("largest-concept", sizes.max() ?? 0),
      number("training-rows", training.rows),
      number("iterations", training.iterations),
      ("converged", training.converged ? "yes" : "no", "\(training.converged)"),
      number("seed", given.seed),
      ("mean-cosine", fixed(description.objective, 6), "\(description.objective)"),
      text("keys", description.columns.key.map { "\($0) (\(description.columns.keyKind ?? ""))" }),
      text("captions", description.columns.caption),
      text("similarity", description.columns.similarity),
      (
        "numbers", numbers.isEmpty ? "none" : numbers.joined(separator: ", "),
        "[" + numbers.map(jsonQuoted).joined(separator: ", ") + "]"
      ),
      text("fingerprint", fingerprint),
      text("clustering", workspace.clustering),
      number("last-plan", last?.number),
    ]
    self.facts = facts
  }

  private static func text(_ dedup: WorkspaceDescription.Parameters.Dedup) -> String {
    "epsilon \(dedup.epsilon), \(dedup.rule), \(counted(dedup.clusters, "fine cluster"))"
  }

  /// A line a fact.
  public func text() -> String {
    let width = (facts.map(\.name.count).max() ?? 0) + 2
    return facts.map {
      $0.name + String(repeating: " ", count: width - $0.name.count) + $0.text + "\n"
    }.joined()
  }

  /// One object.
  public func json() -> String {
    jsonDocument(facts.map { ($0.name, $0.json) })
  }
}

private func listText(_ list: WorkspaceDescription.KeyList) -> String {
  "\(list.keys) keys, SHA-256 \(list.digest)"
}
