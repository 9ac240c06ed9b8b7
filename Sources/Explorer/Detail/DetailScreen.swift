// The Detail screen: one concept, as large as the terminal allows. The cursor is the table's: up
// and down go to the concept above and below it there.

import Canvas

extension Context {
  public static let detail = Context("detail", title: "Detail")
}

struct DetailScreen: Screen {
  let context = Context.detail
  let key: KeyPress = "D"
  let golden = "j j j j j j j j j j j j j j j j D"

  func detailRegion(_ state: State, _ body: Region) -> Region? { body }

  func namedConcepts(_ state: State) -> ArraySlice<Int> { state.tableConcepts }

  func draw(_ state: State, _ region: Region, _ grid: inout Grid) {
    grid.box(region, title: [("Detail", .bold), (" ─ ", .line)] + detailTitle(state))
    drawDetail(state, region, &grid)
    guard state.cursor != nil else { return }
    grid.drawRight(
      state.positionText + "by \(state.sortingText) ", endingAt: region.x + region.width - 2,
      region.y + region.height - 1, .dim)
  }
}

/// Number and name of the cursor's concept, for a border.
func detailTitle(_ state: State) -> [(String, Style)] {
  guard let cluster = state.cursor else { return [("no concept", .dim)] }
  return [("\(cluster)", .bold), ("  \(state.name(of: cluster) ?? "…")", .plain)]
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
