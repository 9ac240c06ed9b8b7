// A row that somebody looked for, and where it is.

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
}
