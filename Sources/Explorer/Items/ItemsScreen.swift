// The Items screen: every row of the cursor's concept in the plan's order, with the cut under the
// last one that is kept. Only the lines on the screen are ever read.

import Canvas
import Pruning
import Workspace

enum ItemsScreen {
  static let entry = Screen(
    id: .items, key: "I", title: "Items", smallest: Size(width: 60, height: 16),
    panes: ["Rows of a concept"],
    golden: "j j j j j j j j j j j j j j j j I . j", draw: draw,
    move: { $0.moveItems($1) }, page: { max(1, $0.itemLines) },
    scroll: { $0.scrollItems($1) }, click: click)

  private static let click: @Sendable (inout State, Region, Spot) -> Void = {
    state, region, spot in
    let rank = state.items.top + spot.y - region.inside.y - 1
    guard region.inside.contains(spot), spot.y > region.inside.y,
      let cluster = state.cursor, rank < state.subject.scores.size[cluster]
    else { return }
    state.moveItems(rank - state.items.rank)
  }

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, region, grid in
    grid.box(region, title: [("Items", .bold), (" ─ ", .line)] + detailTitle(state))
    // Ranks are those of exports, which count from 0.
    let inside = region.inside
    guard let cluster = state.cursor, state.subject.scores.size[cluster] > 0 else {
      grid.draw("no row belongs to this concept", inside.x + 1, inside.y, .dim)
      return
    }
    let rows = state.subject.scores.size[cluster]
    let columns = ItemColumns(state, cluster, inside)
    columns.drawTitles(&grid)
    let lines = max(0, inside.height - 1)
    let cursor = state.items.cluster == cluster ? state.items : ItemsCursor(cluster: cluster)
    for rank in cursor.top..<max(cursor.top, min(rows, cursor.top + lines)) {
      columns.draw(rank, inside.y + 1 + rank - cursor.top, isCursor: rank == cursor.rank, &grid)
    }
    let bottom = region.y + region.height - 1
    let quota = state.quotas.quota[cluster]
    let x = grid.draw(" ✓ \(thousands(quota))", region.x + 2, bottom, Style(.kept))
    let next = grid.draw("  × \(thousands(rows - quota)) ", x, bottom, Style(.pruned))
    let place =
      " rank \(thousands(cursor.rank)) of 0–\(thousands(rows - 1)), "
      + "0 is \(first(state.plan.order)) "
    if next + Canvas.columns(of: place) + 2 < region.x + region.width {
      grid.drawRight(place, endingAt: region.x + region.width - 2, bottom, .dim)
    }
  }
}

/// What the row of rank 0 is.
private func first(_ order: Order) -> String {
  switch order {
  case .hardest, .stratified: "the farthest"
  case .easiest: "the nearest"
  case .random: "drawn first"
  case .similarity: "the most similar"
  }
}

/// The columns of the rows at one width.
private struct ItemColumns {
  let state: State
  let cluster: Int
  let region: Region
  let rank: Int
  let distance: Int
  /// Nil where there is none to show, or no room.
  let similarity: Int?
  let rowKey: Int
  let rowKeyWidth: Int
  let caption: Int
  let hasCaptions: Bool
  private let pattern: TextPattern?

  init(_ state: State, _ cluster: Int, _ region: Region) {
    self.state = state
    self.cluster = cluster
    self.region = region
    rank = region.x + 2 + max(4, columns(of: thousands(state.subject.scores.size[cluster])))
    distance = rank + 4
    // Where it is what the order follows it is always there.
    let showsSimilarity =
      state.subject.hasSimilarity && (state.plan.order == .similarity || region.width >= 90)
    similarity = showsSimilarity ? distance + 10 : nil
    rowKey = distance + (showsSimilarity ? 20 : 10)
    pattern = TextPattern(state.captionSearch)
    let lines = state.itemsPage?.lines ?? []
    hasCaptions = lines.contains { $0.caption != nil }
    let end = region.x + region.width - 1
    let widest = max(3, lines.map { columns(of: $0.rowKey) }.max() ?? 3)
    rowKeyWidth = max(3, hasCaptions ? min(widest, (end - rowKey) * 2 / 5) : end - rowKey)
    caption = rowKey + rowKeyWidth + 2
  }

  func drawTitles(_ grid: inout Grid) {
    grid.drawRight("rank", endingAt: rank, region.y, .dim)
    grid.draw("distance", distance, region.y, .dim)
    if let similarity { grid.draw("similar", similarity, region.y, .dim) }
    grid.draw("key", rowKey, region.y, .dim, limit: rowKeyWidth)
    if hasCaptions { grid.draw("caption", caption, region.y, .dim) }
  }

  func draw(_ number: Int, _ y: Int, isCursor: Bool, _ grid: inout Grid) {
    let isKept = state.isKept(rank: number, of: cluster)
    let style: Style = isKept ? .plain : .dim
    if isCursor { grid.draw("▸", region.x, y, .accent) }
    grid.drawRight(thousands(number), endingAt: rank, y, .dim)
    grid.draw(isKept ? "✓" : "×", rank + 2, y, Style(isKept ? .kept : .pruned))
    if let line = state.itemsPage?.line(number, of: cluster, state.plan) {
      grid.draw(fixed(Double(line.distance), 4), distance, y, style)
      if let similarity {
        let text = line.similarity.map { fixed(Double($0), 4) } ?? "–"
        grid.draw(text, similarity, y, style)
      }
      grid.draw(line.rowKey, rowKey, y, style, limit: rowKeyWidth)
      if let text = line.caption {
        drawMatching(
          text, pattern, caption, y, style, limit: region.x + region.width - 1 - caption, &grid)
      }
    } else {
      grid.draw("…", distance, y, .line)
    }
    let size = state.subject.scores.size[cluster]
    let isLast = number == state.quotas.quota[cluster] - 1 && number < size - 1
    let line = Region(x: region.x, y: y, width: region.width, height: 1)
    // The cut is a line under the last row that is kept.
    let cut: Attributes = isLast && state.plan.order != .stratified ? .underline : []
    if isCursor {
      grid.lay(.cursor, line, adding: cut.union(.bold))
    } else if !cut.isEmpty {
      grid.lay(.plain, line, adding: cut)
    }
  }
}
