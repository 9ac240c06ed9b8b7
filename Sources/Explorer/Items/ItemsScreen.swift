// The Items screen: every row of the cursor's concept in the plan's order, with the cut under the
// last one that is kept. Only the lines on the screen are ever read.

import Canvas
import Pruning
import TextSearch

extension Context {
  public static let items = Context("items", title: "Items")
}

struct ItemsScreen: Screen {
  let context = Context.items
  let key: KeyPress = "I"
  let golden = "j j j j j j j j j j j j j j j j I . j"

  func prepare(_ state: inout State) { state.requestItems() }

  func move(_ state: inout State, _ step: Int) {
    state.moveItems { list, rows in list.move(step, of: rows) }
  }

  func page(_ state: State) -> Int { state.itemLines }

  func scroll(_ state: inout State, _ step: Int) {
    let lines = state.itemLines
    state.moveItems { list, rows in list.scroll(step, of: rows, lines: lines) }
  }

  func click(_ state: inout State, _ region: Region, _ spot: Spot) {
    state.moveItems { list, rows in
      if let rank = list.line(at: spot, of: rows, in: region.inside.below(1)), rank < rows {
        list.line = rank
      }
    }
  }

  func namedConcepts(_ state: State) -> ArraySlice<Int> { state.tableConcepts }

  func copyable(_ state: State) -> String? {
    guard let cluster = state.cursor, state.items.cluster == cluster else { return nil }
    return state.items.page?.line(state.items.rank, of: cluster, state.plan)?.rowKey
  }

  var actions: [Action] {
    [
      Action(
        "items.open", [.enter], "items", on: [.concepts, .detail, .shift, .map],
        help: "Every row of the concept", rank: 6
      ) { $0.open(.items) }.when { $0.cursor == nil ? .no("there is no concept here") : .yes },
      Action(
        "items.cut", ["."], "cut", help: "To the last row that is kept", rank: 3
      ) { $0.goToCut() }.when { state in
        guard let cluster = state.cursor else { return .no("there is no concept") }
        let (quota, size) = (state.quotas.quota[cluster], state.subject.scores.size[cluster])
        if quota == 0 { return .no("no row is kept, so there is no cut") }
        if quota == size { return .no("all rows are kept, so there is no cut") }
        return state.plan.order == .stratified
          ? .no("stratified keeps rows at all distances, so there is no cut") : .yes
      },
      Action(
        "items.rank", ["J"], "rank", help: "Type a rank (0 is first) or a percentage", rank: 3
      ) { $0.overlay = .prompt(.rank) },
      Action(
        "items.previous", ["h", .left], "concept",
        help: "The concept above this one", rank: 4, shown: "← →"
      ) { $0.moveCursor(-1) },
      Action(
        "items.next", ["l", .right], "next concept", help: "The concept below this one"
      ) { $0.moveCursor(1) },
    ].on([.items], .items)
  }

  func draw(_ state: State, _ region: Region, _ grid: inout Grid) {
    grid.box(region, title: [("Items", .bold), (" ─ ", .line)] + detailTitle(state))
    // Ranks are those of exports, which count from 0.
    let inside = region.inside
    guard let cluster = state.cursor, state.subject.scores.size[cluster] > 0 else {
      grid.draw("this concept has no rows", inside.x + 1, inside.y, .dim)
      return
    }
    let items = state.items
    let rows = state.subject.scores.size[cluster]
    let columns = ItemColumns(state, items, cluster, inside)
    columns.drawTitles(&grid)
    let cursor = items.cluster == cluster ? items.list : ListCursor()
    grid.list(cursor, of: rows, inside.below(1)) { rank, y, grid in columns.draw(rank, y, &grid) }
    let bottom = region.y + region.height - 1
    let quota = state.quotas.quota[cluster]
    let x = grid.draw(" ✓ \(thousands(quota))", region.x + 2, bottom, Style(.kept))
    let next = grid.draw("  × \(thousands(rows - quota)) ", x, bottom, Style(.pruned))
    let text =
      " rank \(thousands(cursor.line)) of 0–\(thousands(rows - 1)), "
      + "0 is \(first(state.plan.order)) "
    if next + Canvas.columns(of: text) + 2 < region.x + region.width {
      grid.drawRight(text, endingAt: region.x + region.width - 2, bottom, .dim)
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
  private let page: ItemsPage?
  private let pattern: TextPattern?

  init(_ state: State, _ items: ItemsState, _ cluster: Int, _ region: Region) {
    self.state = state
    page = items.page
    self.cluster = cluster
    self.region = region
    rank = region.x + 2 + max(4, columns(of: thousands(state.subject.scores.size[cluster])))
    distance = rank + 4
    // Where it is what the order follows it is always there.
    let showsSimilarity =
      state.subject.hasSimilarity && (state.plan.order == .similarity || region.width >= 90)
    similarity = showsSimilarity ? distance + 10 : nil
    rowKey = distance + (showsSimilarity ? 20 : 10)
    pattern = TextPattern(items.captionSearch)
    let lines = page?.lines ?? []
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

  func draw(_ number: Int, _ y: Int, _ grid: inout Grid) {
    let isKept = state.isKept(rank: number, of: cluster)
    let style: Style = isKept ? .plain : .dim
    grid.drawRight(thousands(number), endingAt: rank, y, .dim)
    grid.draw(isKept ? "✓" : "×", rank + 2, y, Style(isKept ? .kept : .pruned))
    if let line = page?.line(number, of: cluster, state.plan) {
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
    // The cut is a line under the last row that is kept.
    if isLast, state.plan.order != .stratified {
      grid.lay(.plain, region.row(y), adding: .underline)
    }
  }
}
