// The Concepts screen: every concept a line, what it is, what it scores, what the plan keeps of it
// and how that differs from the baseline. The screen that the explorer opens with.

import Canvas
import Pruning

extension Context {
  public static let concepts = Context("concepts", title: "Concepts")
}

struct ConceptsScreen: Screen {
  let context = Context.concepts
  let key: KeyPress = "C"
  let golden = "j j j d j j a + +"
  var actions: [Action] { Actions.table }

  func scroll(_ state: inout State, _ step: Int) { state.scrollTable(step) }

  func click(_ state: inout State, _ body: Region, _ spot: Spot) {
    let inside = state.conceptsRegions(body).table.inside
    if inside.row(inside.y).contains(spot) {
      let table = ConceptsTable(state, width: inside.width)
      if let column = table.column(at: spot.x - inside.x) { state.sort(by: column) }
      return
    }
    let count = state.table.order.count
    guard let line = state.table.list.line(at: spot, of: count, in: inside.below(1)), line < count
    else { return }
    state.click(isSelected: line == state.table.position) {
      $0.moveCursor(line - $0.table.position)
    }
  }

  func detailRegion(_ state: State, _ body: Region) -> Region? {
    state.conceptsRegions(body).detail
  }

  func namedConcepts(_ state: State) -> ArraySlice<Int> { state.tableConcepts }

  func draw(_ state: State, _ body: Region, _ grid: inout Grid) {
    let (region, detail) = state.conceptsRegions(body)
    let table = ConceptsTable(state, width: region.width - 2)
    grid.box(region, title: conceptsTitle(state, width: region.width - 6))
    let inside = region.inside
    table.drawTitles(inside.x, inside.y, &grid)
    let order = state.table.order
    grid.list(state.table.list, of: order.count, inside.below(1)) { line, y, grid in
      table.drawLine(order[line], inside.x, y, &grid)
    }
    let bottom = region.y + region.height - 1
    var position = ""
    if order.isEmpty {
      let reasons =
        state.subject.clusters == 0
        ? ["this workspace has no concepts"]
        : ["no concept passes the filter", "Escape shows all again, / changes the filter"]
      for (line, text) in reasons.enumerated() {
        grid.draw(text, inside.x + 2, inside.y + 1 + line, .dim, limit: max(0, inside.width - 3))
      }
    } else {
      position = state.positionText
      grid.drawRight(position, endingAt: region.x + region.width - 2, bottom, .dim)
    }
    drawPane(state, detail, beside: body, &grid)
    if let detail, detail.x == body.x {
      grid.drawRight(position, endingAt: detail.x + detail.width - 2, detail.y, .dim)
    }
    if !state.marks.isEmpty {
      // Where the detail lies below, its title has the left of the border that both share.
      let isShared = detail.map { $0.x == body.x } ?? false
      let text = " ◆ \(state.marksText) "
      let x =
        isShared
        ? region.x + region.width - 2 - columns(of: position) - columns(of: text) : region.x + 2
      grid.draw(text, x, bottom, Style(.accent, .bold))
    }
  }
}

extension State {
  /// The concepts of the lines that the table shows.
  var tableConcepts: ArraySlice<Int> {
    table.order[table.list.shown(of: table.order.count, lines: tableLines)]
  }
}

/// The title of the table: how many are shown, the filter, what it is sorted by.
private func conceptsTitle(_ state: State, width: Int) -> [(String, Style)] {
  let shown = thousands(state.table.order.count)
  let count = "\(shown) of \(thousands(state.subject.clusters))"
  let order = "by \(state.sortingText)"
  let filter = state.table.filter.filter
  guard !filter.isEmpty else {
    return parted(("Concepts", .bold), (count, .plain), (order, .plain))
  }
  // The filter has what room the others leave, and where that is little, the order's.
  let room = width - columns(of: count) - columns(of: order) - 6
  let text = (filter.text.hasPrefix("/") ? "" : "/") + filter.text
  if room >= min(12, columns(of: text)) {
    return parted((count, .bold), (fit(text, room), Style(.decided)), (order, .plain))
  }
  return parted((count, .bold), (fit(text, width - columns(of: count) - 3), Style(.decided)))
}

extension Actions {
  static let table: [Action] = [
    Action(
      "filter", ["/"], "filter", help: "Filter: food !red /^a/ keep<10% marked", rank: 7
    ) { $0.openFilter() },
    Action(
      "filter.clear", [.escape], "clear filter", help: "Show all concepts again"
    ) { $0.clearFilter() }.when {
      $0.table.filter.filter.isEmpty ? .no("no filter is set; q quits") : .yes
    },
    Action(
      "sort", ["s"], "sort", help: "Choose the column to sort by", rank: 8
    ) { $0.overlay = .menu(.sort($0)) },
    Action(
      "sort-reverse", ["r"], "reverse", help: "Reverse the order"
    ) { $0.sort(by: $0.table.column) },
    Action(
      "sort-second-reverse", ["R"], "reverse 2nd", help: "Reverse the order of the second column"
    ) { state in
      state.table.second?.isDescending.toggle()
      state.sortTable()
    }.when { state in
      state.table.second == nil
        ? .no("there is no second column; s in the sort menu chooses one") : .yes
    },
    Action(
      "sort-left", ["h", .left, "<"], "sort left", help: "Sort by the column to the left"
    ) { $0.sortByNeighbour(-1) },
    Action(
      "sort-right", ["l", .right, ">"], "sort right", help: "Sort by the column to the right"
    ) { $0.sortByNeighbour(1) },
    Action(
      "mark", [" "], "mark", on: [.concepts, .detail],
      help: "Mark or unmark it, and move down", rank: 12
    ) { $0.turnMark() }.when { $0.cursor == nil ? .no("there is no concept here") : .yes },
    Action(
      "mark.shown", ["*"], "mark shown", on: [.concepts, .detail],
      help: "Mark all concepts that are shown", rank: 21
    ) { $0.markShown() }.when { $0.cursor == nil ? .no("no concept is shown") : .yes },
    Action(
      "mark.invert", ["~"], "invert marks", on: [.concepts, .detail],
      help: "Invert the marks of the concepts shown"
    ) { $0.invertMarks() }.when { $0.cursor == nil ? .no("no concept is shown") : .yes },
    Action(
      "mark.clear", ["U"], "unmark", on: [.concepts, .detail], help: "Unmark all", rank: 22
    ) { $0.clearMarks() }.when { $0.marks.isEmpty ? .no("nothing is marked") : .yes },
  ].on([.concepts], .sorting)
}
