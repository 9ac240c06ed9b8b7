// The Concepts screen: every concept a line, what it is, what it scores, what the plan keeps of it
// and how that differs from the baseline. The screen that the explorer opens with.

import Canvas
import Pruning

enum ConceptsScreen {
  static let entry = Screen(
    id: .concepts, key: "C", title: "Concepts", smallest: Size(width: 60, height: 16),
    panes: ["Concepts", "Detail"], golden: "j j j d j j a + +", draw: draw)

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, body, grid in
    let (region, detail) = state.conceptsRegions(body)
    let table = ConceptsTable(state, width: region.width - 2)
    let clusters = thousands(state.subject.clusters)
    let arrow = state.table.isDescending ? "↓" : "↑"
    grid.box(
      region,
      title: [
        ("Concepts", .bold), (" ─ ", .line), ("\(clusters) of \(clusters)", .plain), (" ─ ", .line),
        ("by \(state.table.column.shortName) \(arrow)", .plain),
      ])
    let inside = region.inside
    table.drawTitles(inside.x, inside.y, sorted: state.table.column, &grid)
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
    var place = ""
    if state.subject.clusters == 0 {
      grid.draw("this workspace has no concepts", inside.x + 2, inside.y + 1, .dim)
    } else {
      place = " \(thousands(state.table.position + 1)) / \(clusters) "
      grid.drawRight(
        place, endingAt: region.x + region.width - 2, region.y + region.height - 1, .dim)
    }
    drawPane(state, detail, beside: body, &grid)
    if let detail, detail.x == body.x {
      grid.drawRight(place, endingAt: detail.x + detail.width - 2, detail.y, .dim)
    }
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
