// What the arms share, two and two, and what each keeps of each concept.

import Foundations
import Pruning
import Workspace

/// The tables of `winnow arms`.
public struct ArmsReport: Sendable {
  /// An arm that the workspace cannot give.
  public struct LeftOut: Sendable, Equatable {
    public let arm: Arm
    public let reason: String
  }

  struct Column: Sendable {
    let arm: Arm
    let list: String
    let rows: RowSet
    let quotas: [Int]
  }

  /// What two arms have in common.
  public struct Overlap: Sendable, Equatable {
    public let one: Arm
    public let other: Arm
    /// Rows that both keep.
    public let both: Int
    /// Of the rows that one of them keeps.
    public let jaccard: Double
  }

  public let workspace: String
  public let candidates: Int
  public let target: Int
  /// The arms that were made.
  public let arms: [Arm]
  /// Those that were not.
  public let leftOut: [LeftOut]
  /// Every pair of different arms once, in their order.
  public let overlaps: [Overlap]
  /// Rows of each concept, an arm after the other.
  public let quotas: [[Int]]
  /// Rows of each concept in all.
  public let sizes: [Int]
  private let lists: [String]
  private let names: [String]
  private let seed: UInt64

  init(
    _ workspace: OpenWorkspace, _ plan: Plan, _ columns: [Column], _ leftOut: [LeftOut]
  ) throws(WinnowError) {
    self.workspace = workspace.name
    candidates = workspace.candidates
    target = plan.target
    seed = plan.selectionSeed
    arms = columns.map(\.arm)
    lists = columns.map(\.list)
    quotas = columns.map(\.quotas)
    sizes = workspace.scores.size
    self.leftOut = leftOut
    names = try workspace.labels()
    var overlaps: [Overlap] = []
    for (index, one) in columns.enumerated() {
      for other in columns[(index + 1)...] {
        let missing = one.rows.countMissing(in: other.rows)
        let both = plan.target - missing
        overlaps.append(
          Overlap(
            one: one.arm, other: other.arm, both: both,
            jaccard: jaccardIndex(both: both, either: plan.target + missing)))
      }
    }
    self.overlaps = overlaps
  }

  /// The overlaps as a matrix, and the concepts that the arms differ on most.
  ///
  /// - Parameter most: how many concepts at most.
  public func text(most: Int = 20) -> String {
    let part = candidates == 0 ? 0 : Double(target) / Double(candidates) * 100
    var text =
      "\(workspace): \(arms.count) lists of \(target) of \(candidates) candidates "
      + "(\(fixed(part, 2)) %), seed \(seed)\n"
    for out in leftOut { text += "left out: \(out.arm.rawValue), \(out.reason)\n" }
    text += "\nrows in common, of all rows of the two (Jaccard)\n"
    var matrix = TextTable([""] + arms.map(\.rawValue) + [""])
    for (row, arm) in arms.enumerated() {
      matrix.add(
        [arm.rawValue]
          + arms.indices.map { column in
            if row == column { return "\(target)" }
            let pair = overlaps.first {
              ($0.one == arm && $0.other == arms[column])
                || ($0.other == arm && $0.one == arms[column])
            }
            return pair.map { "\($0.both) (\(fixed($0.jaccard, 3)))" } ?? "-"
          } + [""])
    }
    text += matrix.text()
    text += "\nconcepts that keep another number of rows than with complexity, rows moved\n"
    var moves = TextTable(["arm", "concepts", "rows", ""])
    for index in arms.indices.dropFirst() {
      let moved = zip(quotas[0], quotas[index]).map { abs($0 - $1) }
      let (concepts, rows) = (moved.count { $0 > 0 }, moved.reduce(0, +) / 2)
      moves.add([arms[index].rawValue, "\(concepts)", "\(rows)", ""])
    }
    text += moves.text() + "\nrows of each concept, those first in which the arms differ most\n"
    let spread = sizes.indices.map { cluster in
      let kept = quotas.map { $0[cluster] }
      return (kept.max() ?? 0) - (kept.min() ?? 0)
    }
    let order = sizes.indices.sorted { (-spread[$0], $0) < (-spread[$1], $1) }
    var table = TextTable(["concept", "size"] + arms.map(\.rawValue) + ["name"])
    for cluster in order.prefix(most) {
      table.add(
        ["\(cluster)", "\(sizes[cluster])"] + quotas.map { "\($0[cluster])" } + [names[cluster]])
    }
    text += table.text()
    if order.count > most { text += "and \(order.count - most) more concepts, in concepts.csv\n" }
    return text
  }

  /// A line for each pair of arms.
  public func overlapsCSV() -> String {
    "one,other,both,only_one,only_other,jaccard\n"
      + overlaps.map {
        "\($0.one.rawValue),\($0.other.rawValue),\($0.both),\(target - $0.both),"
          + "\(target - $0.both),\($0.jaccard)\n"
      }.joined()
  }

  /// A line for each concept: its rows in each arm, and the differences to complexity.
  public func conceptsCSV() -> String {
    let differences = arms.dropFirst().map { $0.rawValue + "_difference" }
    var text =
      (["concept", "size"] + arms.map(\.rawValue) + differences + ["name"]).joined(separator: ",")
      + "\n"
    for cluster in sizes.indices {
      let kept = quotas.map { $0[cluster] }
      let cells =
        ["\(cluster)", "\(sizes[cluster])"] + kept.map { "\($0)" }
        + kept.dropFirst().map { "\($0 - kept[0])" } + [CSVManifest.quoted(names[cluster])]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  /// Both tables as one object.
  public func json() -> String {
    let made = zip(arms, lists).map {
      jsonObject([("arm", jsonQuoted($0.rawValue)), ("list", jsonQuoted($1))])
    }
    let missing = leftOut.map {
      jsonObject([("arm", jsonQuoted($0.arm.rawValue)), ("reason", jsonQuoted($0.reason))])
    }
    let pairs = overlaps.map {
      jsonObject([
        ("one", jsonQuoted($0.one.rawValue)), ("other", jsonQuoted($0.other.rawValue)),
        ("both", $0.both), ("jaccard", $0.jaccard),
      ])
    }
    let concepts = sizes.indices.map { cluster in
      var fields: [JSONField] = [("concept", cluster), ("size", sizes[cluster])]
      fields += zip(arms, quotas).map { ($0.rawValue, $1[cluster]) }
      return jsonObject(fields + [("name", jsonText(names[cluster]))])
    }
    return jsonDocument([
      ("workspace", jsonQuoted(workspace)), ("candidates", candidates), ("target", target),
      ("selection-seed", seed), ("arms", jsonLines(made)),
      ("left-out", "[\(missing.joined(separator: ", "))]"), ("overlaps", jsonLines(pairs)),
      ("concepts", jsonLines(concepts)),
    ])
  }
}
