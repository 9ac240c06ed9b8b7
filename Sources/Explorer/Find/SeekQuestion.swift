// A row that somebody looked for, and where it is; looking one up by its key, to go to it.

import Canvas
import Pruning
import Workspace

/// A row by its rank among the rows of a concept.
public struct RankedRow: Sendable, Equatable {
  public let cluster: Int
  /// From 0, the row that is taken first.
  public let rank: Int

  public init(cluster: Int, rank: Int) {
    self.cluster = cluster
    self.rank = rank
  }
}

/// Where a row is.
public enum Whereabouts: Sendable, Equatable {
  /// It has not been looked up yet.
  case unknown
  case at(RankedRow)
  /// It is no candidate; the text says why.
  case nowhere(String)
}

/// A row that was found.
public struct FoundRow: Sendable, Equatable {
  public let row: Int
  public let rowKey: String
  public let caption: String?
  public internal(set) var whereabouts: Whereabouts

  package init(
    row: Int, rowKey: String, caption: String? = nil, whereabouts: Whereabouts = .unknown
  ) {
    self.row = row
    self.rowKey = rowKey
    self.caption = caption
    self.whereabouts = whereabouts
  }

  var ranked: RankedRow? { if case .at(let ranked) = whereabouts { ranked } else { nil } }
}

/// The row of a key, and where it is; nil when no key is or begins with what was asked.
public struct SeekQuestion: Request {
  public let rowKey: String
  public let order: Order
  public let seed: UInt64

  public struct Answer: Sendable, Equatable {
    package let hit: FoundRow?

    package init(hit: FoundRow?) { self.hit = hit }
  }

  public static var notice: String? { "looking for the key" }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Answer? {
    guard let row = try work.workspace.rows(withKey: rowKey, most: 1).first else {
      return Answer(hit: nil)
    }
    guard let whereabouts = try work.whereabouts([row], order, seed, progress) else { return nil }
    var hit = try work.foundRow(row)
    hit.whereabouts = whereabouts[row] ?? .unknown
    return Answer(hit: hit)
  }

  public func receive(_ answer: Answer, _ state: inout State) {
    guard let hit = answer.hit else {
      state.warn("no key equals or begins with \"\(visible(rowKey))\"; f also searches captions")
      return
    }
    switch hit.whereabouts {
    case .unknown: break
    case .nowhere(let reason):
      state.warn(
        "\(visible(hit.rowKey)) is row \(thousands(hit.row)) and in no concept: \(reason)")
    case .at(let ranked):
      guard order == state.plan.order, seed == state.plan.selectionSeed else {
        return state.seek(rowKey)
      }
      if ranked.cluster == state.cursor, state.screen == .items {
        state.goTo(rank: ranked.rank)
      } else {
        state.overlay = .question(.elsewhere(hit, ranked))
      }
    }
  }
}

extension State {
  mutating func goTo(_ hit: FoundRow) {
    guard let ranked = hit.ranked else { return }
    // A filter that hides its concept gives way.
    if !table.order.contains(ranked.cluster) { clearFilter() }
    select(ranked.cluster)
    guard cursor == ranked.cluster else { return }
    open(.items)
    goTo(rank: ranked.rank)
    // The row's neighbours with the same words are one key away.
    if subject.hasCaptions, finding.isAsked { items.captionSearch = finding.text }
  }

  mutating func seek(_ rowKey: String) {
    start(SeekQuestion(rowKey: rowKey, order: plan.order, seed: plan.selectionSeed))
  }
}
