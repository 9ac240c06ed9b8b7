// The Shift screen: the plan on the screen against the one before. A plot of all quotas in the
// order of P, the concepts that change most, what enters and leaves, and the stored scenarios.

import Canvas
import Pruning

extension Context {
  public static let shift = Context("shift", title: "Shift")
}

struct ShiftScreen: Screen {
  let context = Context.shift
  let key: KeyPress = "V"
  let golden = "+ + + ' 1 - - a V j j"

  func enter(_ state: inout State) { state.shift.isOpening = true }

  /// Whoever comes back may want to know after all.
  func leave(_ state: inout State) {
    state.shift.turnovers.forgetUnanswered()
    state.giveUp(TurnoverQuestion.self)
  }

  func prepare(_ state: inout State) {
    state.settleShift()
    state.requestTurnover()
  }

  func move(_ state: inout State, _ step: Int) { state.moveShift(step) }

  func page(_ state: State) -> Int { state.shiftLayout.listLines }

  func namedConcepts(_ state: State) -> ArraySlice<Int> {
    state.shift.table?.order[state.shiftLines] ?? []
  }

  func click(_ state: inout State, _ body: Region, _ spot: Spot) {
    state.settleShift()
    let layout = ShiftLayout(body, scenarios: state.scenarios.count { $0 != nil })
    guard let table = state.shift.table else { return }
    let count = table.order.count
    if let line = state.shiftList.line(at: spot, of: count, in: layout.list.below(1)) {
      if line < count { state.select(table.order[line]) }
    } else if layout.plot.contains(spot), !table.columns.isEmpty, spot.x >= layout.bars.x {
      let column = (spot.x - layout.bars.x) / (layout.bars.width / table.columns.count)
      if let cluster = table.ranking.concept(inColumn: column, of: layout.plotColumns) {
        state.select(cluster)
      }
    }
  }

  var actions: [Action] {
    [
      Action(
        "shift.before", ["B"], "before", help: "Compare with the next stored scenario", rank: 3
      ) { $0.turnBefore() }.when { state in
        state.scenarios.contains { $0 != nil }
          ? .yes : .no("no scenario is stored; ' and a digit store the plan on the screen")
      },
      Action(
        "shift.sort", ["s"], "sort", help: "Sort by change, gains, losses or P", rank: 4
      ) { $0.turnShiftOrder() },
      Action(
        "shift.left", ["h", .left], "along P",
        help: "To the next column with a larger P", rank: 8, shown: "← →"
      ) { $0.moveShiftColumn(-1) },
      Action(
        "shift.right", ["l", .right], "right", help: "To the next column with a smaller P"
      ) { $0.moveShiftColumn(1) },
    ].on([.shift], .shift)
  }

  func draw(_ state: State, _ body: Region, _ grid: inout Grid) {
    let shift = state.shift
    let count = shift.scenarios.count { $0 != nil }
    let layout = ShiftLayout(body, scenarios: count)
    let letter = state.plan.strategy == .uniform ? "C" : "P"
    grid.box(
      body,
      title: [
        ("Shift", .bold), (" ─ ", .line), (state.shiftBefore.label, .plain), (" → ", .dim),
        ("this plan", .plain), (" ─ ", .line),
        (body.width < 80 ? "by \(letter)" : "rows kept, by falling \(letter)", .dim),
      ])
    guard let table = shift.table, !table.order.isEmpty else {
      let isFiltered = shift.table?.filtered != nil
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
    let totals = ShiftTotals(state: state, table: table)
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
  private func drawFoot(
    _ state: State, _ table: ShiftTable, _ layout: ShiftLayout, _ body: Region,
    _ grid: inout Grid
  ) {
    let y = body.y + body.height - 1
    let line = state.shiftLine.map { thousands($0 + 1) } ?? "–"
    var foot = " \(line) / \(thousands(table.order.count)) "
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
  private func divide(
    _ y: Int, _ body: Region, _ title: String, _ detail: String, _ grid: inout Grid
  ) {
    let side = String(repeating: "─", count: max(0, body.width - 2))
    grid.draw("├" + side + "┤", body.x, y, .line)
    var x = grid.draw(" \(title)", body.x + 1, y, .bold)
    x = grid.draw(" ─ ", x, y, .line)
    grid.draw(detail + " ", x, y, .plain)
  }
}
