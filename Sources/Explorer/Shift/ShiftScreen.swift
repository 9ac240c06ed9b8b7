// The Shift screen: the plan on the screen against the one before. A plot of all quotas in the
// order of P, the concepts that change most, what enters and leaves, and the stored scenarios.

import Canvas
import Pruning

enum ShiftScreen {
  static let entry = Screen(
    id: .shift, key: "V", title: "Shift", smallest: Size(width: 60, height: 16),
    panes: ["Quotas by P", "Concepts by change", "Rows", "Scenarios"],
    golden: "+ + + ' 1 - - a V j j", draw: draw, move: { $0.moveShift($1) },
    page: { max(1, $0.shiftLayout.listLines) }, click: click)

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, body, grid in
    let count = state.scenarios.count { $0 != nil }
    let layout = ShiftLayout(body, scenarios: count)
    let letter = state.plan.strategy == .uniform ? "C" : "P"
    grid.box(
      body,
      title: [
        ("Shift", .bold), (" ─ ", .line), (state.shiftBefore.label, .plain), (" → ", .dim),
        ("this plan", .plain), (" ─ ", .line),
        (body.width < 80 ? "by \(letter)" : "rows kept, by falling \(letter)", .dim),
      ])
    guard let table = state.shift.table, !table.order.isEmpty else {
      let isFiltered = state.shift.table?.filtered != nil
      let words = isFiltered ? "no concept passes the filter" : "no concept has rows"
      grid.draw(words, body.inside.x + 2, body.inside.y, .dim)
      return
    }
    ShiftPlot(layout: layout, table: table, cursor: state.cursor).draw(&grid)
    if layout.hasDivider { divide(layout.list.y - 1, body, "Concepts", table.title, &grid) }
    if layout.isWide {
      let x = layout.totals.x - 1
      for y in layout.list.y..<layout.list.y + layout.list.height { grid.draw("│", x, y, .line) }
      grid.draw("┬", x, layout.list.y - 1, .line)
      grid.draw("┴", x, layout.list.y + layout.list.height, .line)
    }
    ShiftList(state: state, table: table, region: layout.list).draw(&grid)
    let totals = ShiftTotals(state: state, comparison: table.comparison)
    if layout.isWide {
      totals.draw(layout.totals, &grid)
    } else {
      totals.drawShort(layout.totals, &grid)
    }
    if layout.scenarios.height > 0 {
      divide(layout.scenarios.y, body, "Scenarios", "this plan against each", &grid)
      if layout.isWide { grid.draw("┴", layout.totals.x - 1, layout.scenarios.y, .line) }
      ShiftScenarios(state: state, table: table, region: layout.scenarios).draw(&grid)
    }
    drawFoot(state, table, layout, body, &grid)
  }

  /// What the shades of the plot mean, and where the cursor is.
  private static func drawFoot(
    _ state: State, _ table: ShiftTable, _ layout: ShiftLayout, _ body: Region,
    _ grid: inout Grid
  ) {
    let y = body.y + body.height - 1
    let place = state.shiftPosition.map { thousands($0 + 1) } ?? "–"
    var foot = " \(place) / \(thousands(table.order.count)) "
    if !layout.hasDivider { foot += table.title + " " }
    let end = body.x + body.width - 2
    grid.drawRight(foot, endingAt: end, y, .dim)
    var x = body.x + 2
    for (sign, role, words) in [
      ("█", Role.kept, "in both"), ("▒", .gained, "gained"), ("░", .cut, "lost"),
      ("╌", .line, "size"),
    ] {
      guard x + columns(of: words) + 4 <= end - columns(of: foot) else { break }
      x = grid.draw(" \(sign)", x, y, Style(role))
      x = grid.draw(" \(words) ", x, y, .dim)
    }
    let count = state.scenarios.count { $0 != nil }
    let stored = " \(count) stored "
    if count > 0, layout.scenarios.height == 0, x + columns(of: stored) <= end - columns(of: foot) {
      grid.draw(stored, x, y, .dim)
    }
  }

  /// A line across the box, with words in it.
  private static func divide(
    _ y: Int, _ body: Region, _ title: String, _ detail: String, _ grid: inout Grid
  ) {
    let side = String(repeating: "─", count: max(0, body.width - 2))
    grid.draw("├" + side + "┤", body.x, y, .line)
    var x = grid.draw(" \(title)", body.x + 1, y, .bold)
    x = grid.draw(" ─ ", x, y, .line)
    grid.draw(detail + " ", x, y, .plain)
  }

  private static let click: @Sendable (inout State, Region, Spot) -> Void = { state, body, spot in
    state.settleShift()
    let layout = ShiftLayout(body, scenarios: state.scenarios.count { $0 != nil })
    guard let table = state.shift.table else { return }
    if layout.list.contains(spot) {
      let index = state.shiftTop(lines: layout.listLines) + spot.y - layout.list.y - 1
      if spot.y > layout.list.y, table.order.indices.contains(index) {
        state.select(table.order[index])
      }
    } else if layout.plot.contains(spot) {
      let columns = table.columns.count
      guard columns > 0, spot.x >= layout.bars.x else { return }
      let column = (spot.x - layout.bars.x) / (layout.bars.width / columns)
      if let cluster = table.ranking.concept(inColumn: column, of: layout.plotColumns) {
        state.select(cluster)
      }
    }
  }
}
