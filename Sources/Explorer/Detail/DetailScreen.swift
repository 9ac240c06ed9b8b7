// The Detail screen: one concept, as large as the terminal allows. The cursor is the table's: up
// and down go to the concept above and below it there.

import Canvas

enum DetailScreen {
  static let entry = Screen(
    id: .detail, key: "D", title: "Detail", smallest: Size(width: 60, height: 16),
    panes: ["Figures", "Distances", "Nearest concepts", "Rows on both sides of the cut"],
    golden: "j j j j j j j j j j j j j j j j D", draw: draw)

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, region, grid in
    grid.box(
      region, title: [("Detail", .bold), (" ─ ", .line)] + detailTitle(state))
    drawDetail(state, region, &grid)
    let place =
      " \(thousands(state.table.position + 1)) / \(thousands(state.table.order.count)) "
      + "by \(state.sortingText) "
    if state.cursor != nil {
      grid.drawRight(
        place, endingAt: region.x + region.width - 2, region.y + region.height - 1, .dim)
    }
  }
}

/// Number and name of the cursor's concept, for a border.
func detailTitle(_ state: State) -> [(String, Style)] {
  guard let cluster = state.cursor else { return [("no concept", .dim)] }
  return [("\(cluster)", .bold), ("  \(state.name(of: cluster) ?? "…")", .plain)]
}
