// The Concepts screen: every concept a line, what it is, what it scores, what the plan keeps of it
// and how that differs from the baseline. The screen that the explorer opens with.

import Canvas
import Pruning

enum ConceptsScreen {
  static let entry = Screen(
    id: .concepts, key: "C", title: "Concepts", smallest: Size(width: 60, height: 16),
    panes: ["Concepts", "Detail"], golden: "j j j d j j a + +", draw: draw,
    scroll: { $0.scrollTable($1) }, click: click)

  private static let click: @Sendable (inout State, Region, Spot) -> Void = {
    state, body, spot in
    let region = state.conceptsRegions(body).table
    let inside = region.inside
    guard inside.contains(spot) else { return }
    guard spot.y > inside.y else {
      let table = ConceptsTable(state, width: inside.width)
      if let column = table.column(at: spot.x - inside.x) {
        state.sort(by: column)
      }
      return
    }
    let position = state.visibleTop(lines: inside.height - 1) + spot.y - inside.y - 1
    guard position < state.table.order.count else { return }
    state.click(isSelected: position == state.table.position) {
      $0.moveCursor(position - $0.table.position)
    }
  }

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, body, grid in
    let (region, detail) = state.conceptsRegions(body)
    let table = ConceptsTable(state, width: region.width - 2)
    grid.box(region, title: conceptsTitle(state, width: region.width - 6))
    let inside = region.inside
    table.drawTitles(inside.x, inside.y, &grid)
    let lines = max(0, inside.height - 1)
    let top = state.visibleTop(lines: lines)
    let end = min(top + lines, state.table.order.count)
    for position in top..<max(top, end) {
      let cluster = state.table.order[position]
      let y = inside.y + 1 + position - top
      let isCursor = position == state.table.position
      table.drawLine(cluster, inside.x, y, isCursor: isCursor, &grid)
      if isCursor {
        grid.lay(.cursor, Region(x: inside.x, y: y, width: inside.width, height: 1), adding: .bold)
      }
    }
    let bottom = region.y + region.height - 1
    var place = ""
    if state.table.order.isEmpty {
      drawEmptyTable(state, inside, &grid)
    } else {
      place = " \(thousands(state.table.position + 1)) / \(thousands(state.table.order.count)) "
      grid.drawRight(place, endingAt: region.x + region.width - 2, bottom, .dim)
    }
    drawPane(state, detail, beside: body, &grid)
    if let detail, detail.x == body.x {
      grid.drawRight(place, endingAt: detail.x + detail.width - 2, detail.y, .dim)
    }
    if !state.marks.isEmpty {
      // Where the detail lies below, its title has the left of the border that both share.
      let isShared = detail.map { $0.x == body.x } ?? false
      let text = " ◆ \(state.marksText) "
      let x =
        isShared
        ? region.x + region.width - 2 - columns(of: place) - columns(of: text) : region.x + 2
      grid.draw(text, x, bottom, Style(.accent, .bold))
    }
  }
}

/// The title of the table: how many are shown, the filter, what it is sorted by.
private func conceptsTitle(_ state: State, width: Int) -> [(String, Style)] {
  let shown = thousands(state.table.order.count)
  let count = "\(shown) of \(thousands(state.subject.clusters))"
  let order = "by \(state.sortingText)"
  let filter = state.table.filter.filter
  guard !filter.isEmpty else {
    return [("Concepts", .bold), (" ─ ", .line), (count, .plain), (" ─ ", .line), (order, .plain)]
  }
  // The filter has what room the others leave, and where that is little, the order's.
  let room = width - columns(of: count) - columns(of: order) - 6
  let text = (filter.text.hasPrefix("/") ? "" : "/") + filter.text
  let count1 = (count, Style.bold)
  if room >= min(12, columns(of: text)) {
    return [
      count1, (" ─ ", .line), (fit(text, room), Style(.decided)), (" ─ ", .line), (order, .plain),
    ]
  }
  return [count1, (" ─ ", .line), (fit(text, width - columns(of: count) - 3), Style(.decided))]
}

/// Says why no concept is there.
private func drawEmptyTable(_ state: State, _ region: Region, _ grid: inout Grid) {
  let lines =
    state.subject.clusters == 0
    ? ["this workspace has no concepts"]
    : ["no concept passes the filter", "Escape shows all again, / changes the filter"]
  for (line, text) in lines.enumerated() {
    grid.draw(text, region.x + 2, region.y + 1 + line, .dim, limit: max(0, region.width - 3))
  }
}

/// Draws the detail beside or below what the rest of `body` shows; the border that the two share
/// joins them.
func drawPane(_ state: State, _ detail: Region?, beside body: Region, _ grid: inout Grid) {
  guard let detail else { return }
  grid.box(detail, title: detailTitle(state))
  drawDetail(state, detail, &grid)
  if detail.x > body.x {
    grid.draw("┬", detail.x, detail.y, .line)
    grid.draw("┴", detail.x, detail.y + detail.height - 1, .line)
  } else {
    grid.draw("├", detail.x, detail.y, .line)
    grid.draw("┤", detail.x + detail.width - 1, detail.y, .line)
  }
}
