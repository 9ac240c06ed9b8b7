// Where the hits of a search are: in which concepts, and at which ranks.

import Foundations
import Pruning
import Workspace

/// Which rows are to be looked up, and in which order ranks count.
public struct WhereaboutsQuestion: Request {
  public let rows: [Int]
  public let order: Order
  public let seed: UInt64

  public static var fillsScreen: Bool { true }

  /// By row, each that was asked for.
  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> [Int: Whereabouts]? {
    try work.whereabouts(rows, order, seed, progress)
  }

  public func receive(_ answer: [Int: Whereabouts], _ state: inout State) {
    guard order == state.finding.order, seed == state.finding.seed else { return }
    for index in state.finding.hits.indices {
      if let whereabouts = answer[state.finding.hits[index].row] {
        state.finding.hits[index].whereabouts = whereabouts
      }
    }
  }

  public func fail(_ reason: String, _ state: inout State) {
    receive(Dictionary(uniqueKeysWithValues: rows.map { ($0, .nowhere(reason)) }), &state)
  }
}

extension State {
  /// Asks where the hits stand, once for all that came since.
  mutating func requestWhereabouts() {
    guard !pagesWait, !finding.hits.isEmpty, running(WhereaboutsQuestion.self) == nil else {
      return
    }
    if finding.order != plan.order || finding.seed != plan.selectionSeed {
      // Ranks are of one order; what is no candidate stays none.
      for index in finding.hits.indices where finding.hits[index].ranked != nil {
        finding.hits[index].whereabouts = .unknown
      }
      (finding.order, finding.seed) = (plan.order, plan.selectionSeed)
    }
    let rows = finding.hits.filter { $0.whereabouts == .unknown }.map(\.row)
    guard !rows.isEmpty else { return }
    start(WhereaboutsQuestion(rows: rows, order: plan.order, seed: plan.selectionSeed))
  }
}

extension WorkspaceWork {
  func foundRow(_ row: Int) throws(WinnowError) -> FoundRow {
    // More than a line of it is never on the screen, but the match may be far behind.
    FoundRow(
      row: row, rowKey: String(try workspace.key(row).prefix(256)),
      caption: try workspace.caption(row).map { String($0.prefix(4096)) })
  }

  /// Where each of some rows is; nil when cancelled.
  func whereabouts(
    _ rows: [Int], _ order: Order, _ seed: UInt64, _ progress: (Double) -> Bool
  ) throws(WinnowError) -> [Int: Whereabouts]? {
    guard
      let known = try workspace.places(
        of: rows, order: order, seed: seed, threads: threads, goesOn: progress)
    else { return nil }
    var whereabouts: [Int: Whereabouts] = [:]
    for row in rows {
      if let member = known[row] {
        whereabouts[row] = .at(RankedRow(cluster: member.cluster, rank: member.rank))
      } else {
        whereabouts[row] = .nowhere(try workspace.fate(of: row))
      }
    }
    return whereabouts
  }
}
