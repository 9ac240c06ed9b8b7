// A row that somebody looked for, and where it is.

import Pruning

/// A place in the order in which a plan takes the rows of a concept.
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

  var place: RankedRow? { if case .at(let place) = whereabouts { place } else { nil } }
}

extension State {
  /// Makes a concept the cursor's, whatever screen is shown.
  mutating func goTo(cluster: Int) {
    // A filter that hides it gives way.
    if !table.order.contains(cluster) { clearFilter() }
    guard let position = table.order.firstIndex(of: cluster) else { return }
    moveCursor(position - table.position)
  }

  /// Shows a row among the rows of its concept.
  mutating func goTo(_ found: FoundRow) {
    guard let place = found.place else { return }
    goTo(cluster: place.cluster)
    guard cursor == place.cluster else { return }
    screen = .items
    goTo(rank: place.rank)
    // The row's neighbours with the same words are one key away.
    if subject.hasCaptions, finding.isAsked { captionSearch = finding.text }
  }
}
