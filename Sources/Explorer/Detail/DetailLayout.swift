// How the lines of Detail are shared out. The same sums decide what is asked for (bins of the
// histogram, rows of a group) and where it is drawn, so that nothing is read that has no place.

import Canvas

struct DetailLayout: Sendable, Equatable {
  static let figures = 4
  /// Neighbours that are asked for; the layout shows as many as have room.
  static let neighboursAsked = 12

  /// Where figures, histogram and neighbours stand.
  let left: Region
  /// Where the rows stand.
  let rows: Region
  /// The cells that the histogram's columns may rise.
  let barHeight: Int
  let neighbours: Int
  /// The lines of metadata with their heading, or 0.
  let metadata: Int
  /// Whether blank lines part the groups.
  let isAiry: Bool
  /// The row of the border below.
  let bottom: Int

  init(_ region: Region, metadata columns: Int) {
    let inner = Region(
      x: region.x + 1, y: region.y, width: max(0, region.width - 2), height: region.height)
    bottom = region.y + region.height
    let isWide = inner.width >= 96
    let height = inner.height
    isAiry = height >= 17
    let blank = isAiry ? 1 : 0
    if isWide {
      let width = min(72, inner.width * 9 / 20)
      left = Region(x: inner.x, y: inner.y, width: width, height: height)
      rows = Region(
        x: inner.x + width + 3, y: inner.y, width: inner.width - width - 3, height: height)
      barHeight = max(1, min(10, (height - Self.figures - 2) / 2))
      let room = height - Self.figures - barHeight - 2 - 3
      let lines = columns == 0 || room < 6 ? 0 : min(columns + 1, room / 2)
      metadata = lines
      neighbours = max(0, min(Self.neighboursAsked, room - (lines > 0 ? lines + 1 : 0)))
      return
    }
    barHeight = height < 12 ? 1 : height < 17 ? 2 : height < 26 ? 3 : 4
    neighbours = height < 12 ? 0 : height < 20 ? 1 : height < 26 ? 2 : 3
    metadata = columns == 0 || height < 24 ? 0 : min(columns + 1, height / 6)
    let used =
      Self.figures + barHeight + 2 + neighbours + blank * (neighbours > 0 ? 3 : 2)
      + (metadata > 0 ? metadata + 1 : 0)
    left = Region(x: inner.x, y: inner.y, width: inner.width, height: min(height, used))
    rows = Region(
      x: inner.x, y: inner.y + used, width: inner.width, height: max(0, height - used))
  }

  /// The bins of the histogram of `size` rows: fewer for few rows, which would be a comb, and at
  /// most one a column. Each is the same number of columns wide.
  func bins(size: Int) -> Int {
    var wanted = 12
    // Four times the cube root.
    while wanted < left.width, wanted * wanted * wanted < 64 * size { wanted += 1 }
    return left.width / max(1, left.width / wanted)
  }

  /// The rows of each of four groups: a heading over the first and the last, a line for the cut,
  /// and one for what lies between the first and the last kept rows.
  var perGroup: Int { rows.height < 8 ? 1 : min(12, (rows.height - 4) / 4) }

  /// The rows of each of two groups, where the order has no cut.
  var perHalf: Int { rows.height < 5 ? max(1, rows.height / 2) : min(24, (rows.height - 3) / 2) }
}
