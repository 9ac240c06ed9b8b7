// How the lines of Shift are shared out, from top to bottom: the totals where they have no room
// beside the list, the plot, the list, and a line for each stored scenario. Drawing, scrolling and
// clicking all ask here.

import Canvas

struct ShiftLayout: Sendable, Equatable {
  let totals: Region
  let plot: Region
  /// With its line of titles.
  let list: Region
  /// With its heading; no lines where there are none, or no room.
  let scenarios: Region
  /// Whether the totals stand beside the list, and lines part the groups.
  let isWide: Bool
  /// Whether a line parts the plot from the list.
  let hasDivider: Bool

  /// - Parameters:
  ///   - body: the screen's region, borders included.
  ///   - scenarios: how many are stored.
  init(_ body: Region, scenarios count: Int) {
    let inside = body.inside
    isWide = body.width >= 110
    hasDivider = inside.height >= 14
    let upper = isWide ? 0 : 2
    let lower = count > 0 && hasDivider ? count + 1 : 0
    let rest = max(0, inside.height - upper - lower - (hasDivider ? 1 : 0))
    let lines = min(rest, max(isWide ? 8 : 4, rest * 9 / 20))
    var y = inside.y
    func take(_ height: Int) -> Region {
      defer { y += height }
      return Region(x: inside.x, y: y, width: inside.width, height: height)
    }
    let above = take(upper)
    plot = take(rest - lines)
    if hasDivider { y += 1 }
    let below = take(lines)
    scenarios = take(lower)
    guard isWide else {
      totals = above
      list = below
      return
    }
    let panel = min(46, max(40, inside.width * 2 / 5))
    list = Region(x: below.x, y: below.y, width: below.width - panel - 1, height: lines)
    totals = Region(x: below.x + below.width - panel, y: below.y, width: panel, height: lines)
  }

  /// The columns left of the plot, for its figures.
  static let gutter = 7

  /// The cells of the plot's bars, without figures and the lines below.
  var bars: Region {
    let below = plot.height >= 9 ? 3 : plot.height >= 5 ? 2 : 1
    return Region(
      x: plot.x + Self.gutter, y: plot.y, width: max(0, plot.width - Self.gutter - 1),
      height: max(0, plot.height - below))
  }

  /// The columns that the plot has room for.
  var plotColumns: Int { bars.width }

  var listLines: Int { max(0, list.height - 1) }
}
