// The Map screen, the paper's figure 2 (Abbas et al., ICLR 2024): every concept in the plane of
// d_inter and d_intra. Lines of equal complexity run through it; what lies above and to the right
// of them is more complex, and is kept more of.

import Canvas
import Pruning

enum MapScreen {
  static let entry = Screen(
    id: .map, key: "M", title: "Map", smallest: Size(width: 60, height: 16),
    panes: ["Map", "Detail"], golden: "j j j j M l l j", draw: draw, move: { $0.moveMap($1) },
    page: { max(2, $0.mapLayout.plot.height / 2) },
    click: { state, _, spot in state.selectOnMap(spot) })

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, body, grid in
    let (region, detail) = state.conceptsRegions(body)
    let layout = MapLayout(region)
    var title: [(String, Style)] = [
      ("Map", .bold), (" ─ ", .line), (state.map.layer.title, .plain),
    ]
    if state.map.zoom > 0 {
      title += [(" ─ ", .line), ("×\(1 << state.map.zoom)", .plain)]
    }
    grid.box(region, title: title)
    if let dots = state.map.dots, !dots.members.isEmpty || state.map.layer != .all {
      MapView(state: state, layout: layout, dots: dots).draw(&grid)
      drawFoot(state, dots, region, &grid)
    } else {
      let isFiltered = state.map.dots?.question.filtered != nil
      let words = isFiltered ? "no concept passes the filter" : "no concept has rows"
      grid.draw(words, region.inside.x + 2, region.inside.y, .dim)
    }
    drawPane(state, detail, beside: body, &grid)
  }

  /// The legend, and how many are shown.
  private static func drawFoot(
    _ state: State, _ dots: MapDots, _ region: Region, _ grid: inout Grid
  ) {
    let y = region.y + region.height - 1
    let mean = percent(
      Double(state.plan.target) / Double(max(1, state.subject.candidates)), 1)
    var x = grid.draw(" kept: ", region.x + 2, y, .dim)
    for (words, style) in [
      ("whole", MapView.style(.saturated)), (" · ", .line),
      ("over \(mean) %", MapView.style(.kept)), (" · ", .line),
      ("under ", MapView.style(.pruned)),
    ] { x = grid.draw(words, x, y, style) }
    let members = dots.members.count
    let count =
      dots.shown == members
      ? thousands(members) : "\(thousands(dots.shown)) of \(thousands(members))"
    let text = " \(count) \(members == 1 ? "concept" : "concepts") "
    if x + columns(of: text) + 1 < region.x + region.width - 2 {
      grid.drawRight(text, endingAt: region.x + region.width - 2, y, .dim)
    }
  }
}

/// The places of the Map inside a region, borders included.
struct MapLayout: Sendable, Equatable {
  /// The cells of the dots.
  let plot: Region

  /// Left of the plot stand figures, below it an axis and figures.
  static let gutter = 8

  init(_ region: Region) {
    let inside = region.inside
    plot = Region(
      x: inside.x + Self.gutter, y: inside.y, width: max(1, inside.width - Self.gutter - 1),
      height: max(1, inside.height - 2))
  }
}
