// The Map screen, the paper's figure 2 (Abbas et al., ICLR 2024): every concept in the plane of
// d_inter and d_intra. Lines of equal complexity run through it; what lies above and to the right
// of them is more complex, and is kept more of.

import Canvas
import Pruning

extension Context {
  public static let map = Context("map", title: "Map")
}

struct MapScreen: Screen {
  let context = Context.map
  let key: KeyPress = "M"
  let golden = "j j j j M l l j"

  func prepare(_ state: inout State) { state.settleMap() }

  func move(_ state: inout State, _ step: Int) { state.moveMap(step) }

  func page(_ state: State) -> Int { max(2, state.mapPlot.height / 2) }

  func click(_ state: inout State, _ region: Region, _ spot: Spot) { state.selectOnMap(spot) }

  func detailRegion(_ state: State, _ body: Region) -> Region? {
    state.conceptsRegions(body).detail
  }

  func namedConcepts(_ state: State) -> ArraySlice<Int> { state.cursor.map { [$0] } ?? [] }

  var actions: [Action] {
    [
      Action(
        "map.left", ["h", .left], "left", help: "The nearest concept to the left"
      ) { $0.moveOnMap(x: -1, y: 0) },
      Action(
        "map.right", ["l", .right], "right", help: "The nearest concept to the right"
      ) { $0.moveOnMap(x: 1, y: 0) },
      Action(
        "map.zoom-in", ["z"], "zoom", help: "Zoom in around the concept", rank: 3, shown: "z Z"
      ) { $0.zoomMap(1) }.when {
        $0.map.zoom < State.mapZooms ? .yes : .no("this is the closest zoom")
      },
      Action(
        "map.zoom-out", ["Z"], "zoom out", help: "Zoom out"
      ) { $0.zoomMap(-1) }.when {
        $0.map.zoom > 0 ? .yes : .no("the Map already shows everything")
      },
      Action(
        "map.layer", ["L"], "layer", help: "Show all, or filter by plan or marks", rank: 4
      ) { $0.map.layer = $0.map.layer.next },
    ].on([.map], .shift)
  }

  func draw(_ state: State, _ body: Region, _ grid: inout Grid) {
    let map = state.map
    let (region, detail) = state.conceptsRegions(body)
    var title = parted(("Map", .bold), (map.layer.rawValue, .plain))
    if map.zoom > 0 { title += [(" ─ ", .line), ("×\(1 << map.zoom)", .plain)] }
    grid.box(region, title: title)
    if let dots = map.dots, !dots.members.isEmpty || map.layer != .all {
      MapView(state: state, plot: state.mapPlot(in: region), dots: dots).draw(&grid)
      drawFoot(state, dots, region, &grid)
    } else {
      let isFiltered = map.dots?.question.filtered != nil
      let words = isFiltered ? "no concept passes the filter" : "no concept has rows"
      grid.draw(words, region.inside.x + 2, region.inside.y, .dim)
    }
    drawPane(state, detail, beside: body, &grid)
  }

  /// The legend, and how many are shown.
  private func drawFoot(
    _ state: State, _ dots: MapDots, _ region: Region, _ grid: inout Grid
  ) {
    let y = region.y + region.height - 1
    let mean = percent(
      Double(state.plan.target) / Double(max(1, state.subject.candidates)), 1)
    let legend: [(String, Style)] = [
      (" kept: ", .dim), ("whole", MapView.style(.saturated)), (" · ", .line),
      ("over \(mean) %", MapView.style(.kept)), (" · ", .line),
      ("under ", MapView.style(.pruned)),
    ]
    let x = grid.draw(legend, region.x + 2, y)
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

extension State {
  /// The cells of the dots at the state's own size. Left of them stand figures, below them an axis
  /// and figures.
  var mapPlot: Region { mapPlot(in: conceptsRegions(body).table) }

  fileprivate func mapPlot(in region: Region) -> Region {
    let (inside, gutter) = (region.inside, 8)
    return Region(
      x: inside.x + gutter, y: inside.y, width: max(1, inside.width - gutter - 1),
      height: max(1, inside.height - 2))
  }
}
