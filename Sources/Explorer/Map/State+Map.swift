// The Map: its window, and moving to the nearest concept in a direction. Directions and distances
// are those that the eye sees, in dots.

import Canvas
import Pruning

extension State {
  /// How often the window can be halved.
  static let mapZooms = 10

  /// Has the cursor's concept in the window, and the dots fit for it.
  /// - Complexity: O(1) when nothing changed but the cursor within the window, else O(k).
  mutating func settleMap() {
    guard screen == .map else { return }
    var map = map
    let extent = map.extent ?? mapExtent()
    map.extent = extent
    let scores = subject.scores
    if map.zoom > 0, let cluster = cursor, scores.size[cluster] > 0 {
      let here = (x: scores.dInter[cluster], y: scores.dIntra[cluster])
      let window = map.window(extent)
      if map.center == nil || !window.x.contains(here.x) || !window.y.contains(here.y) {
        map.center = here
      }
    }
    let window = map.window(extent)
    let question = MapQuestion(
      size: mapPlot.size, window: window, layer: map.layer, filtered: filtered,
      marked: map.layer == .marked ? marks : nil, plan: plan, baseline: baseline)
    if map.dots?.question != question { map.dots = MapDots(question, self, last: map.dots) }
    self.map = map
  }

  /// Moves to the nearest concept in a direction: `x` and `y` are -1, 0 or 1, y upwards.
  ///
  /// - Parameter least: how many dots away at least; where nothing is as far, the nearest.
  /// - Complexity: O(k).
  mutating func moveOnMap(x: Int32, y: Int32, least: Int32 = 1) {
    settleMap()
    guard let dots = map.dots, let cluster = cursor else { return }
    guard
      let nearest = dots.nearest(to: cluster, x: x, y: y, least: least)
        ?? dots.nearest(to: cluster, x: x, y: y, least: 1)
    else { return }
    select(nearest)
    settleMap()
  }

  /// Lines are cells; to the ends means the ends of the table.
  mutating func moveMap(_ step: Int) {
    guard step != Int.max, step != -Int.max else {
      moveCursor(step)
      settleMap()
      return
    }
    let cells = Int32(clamping: abs(step))
    moveOnMap(x: 0, y: step > 0 ? -1 : 1, least: cells == 1 ? 1 : 4 * min(cells, 1_000))
  }

  mutating func zoomMap(_ step: Int) {
    map.zoom = min(max(0, map.zoom + step), State.mapZooms)
    guard let cluster = cursor, subject.scores.size[cluster] > 0 else { return }
    map.center = (subject.scores.dInter[cluster], subject.scores.dIntra[cluster])
  }

  /// Selects the concept nearest to a cell of the plot.
  mutating func selectOnMap(_ cell: Spot) {
    settleMap()
    let plot = mapPlot
    guard let dots = map.dots, plot.contains(cell) else { return }
    let x = 2 * (cell.x - plot.x)
    let y = 4 * (plot.y + plot.height - 1 - cell.y) + 1
    if let nearest = dots.nearest(x: Int32(x), y: Int32(y)) {
      select(nearest)
      settleMap()
    }
  }
}

extension Axis {
  func contains(_ value: Double) -> Bool { value >= low && value <= high }
}

extension Region {
  var size: Size { Size(width: width, height: height) }
}
