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
    let extent = map.extent ?? mapExtent()
    map.extent = extent
    let scores = subject.scores
    if map.zoom > 0, let cluster = cursor, scores.size[cluster] > 0 {
      let place = (x: scores.dInter[cluster], y: scores.dIntra[cluster])
      let window = mapWindow(extent)
      if map.center == nil || !window.x.contains(place.x) || !window.y.contains(place.y) {
        map.center = place
      }
    }
    let window = mapWindow(extent)
    let question = MapQuestion(
      size: mapLayout.plot.size, window: window, layer: map.layer, plan: plan,
      baseline: baseline)
    if map.dots?.question != question { map.dots = MapDots(question, self) }
  }

  /// How the screen is shared out at the state's own size.
  var mapLayout: MapLayout { MapLayout(conceptsRegions(Layout(self, size).body).table) }

  /// Moves to the nearest concept in a direction: `x` and `y` are -1, 0 or 1, y upwards.
  ///
  /// - Parameter least: how many dots away at least.
  /// - Complexity: O(k).
  mutating func moveOnMap(x: Int, y: Int, least: Int = 1) {
    settleMap()
    guard let question = map.dots?.question, let cluster = cursor else { return }
    let here = dot(of: cluster, question)
    var best: (cost: Int, cluster: Int)?
    for other in subject.scores.size.indices where other != cluster && isOnMap(other) {
      let place = dot(of: other, question)
      let (dx, dy) = (place.x - here.x, place.y - here.y)
      let along = dx * x + dy * y
      guard along >= least else { continue }
      let across = abs(dx * y) + abs(dy * x)
      // What lies aside counts double, and outside of the quarter only where it is empty.
      let cost = along + 2 * across + (across > along ? 1 << 20 : 0)
      if best.map({ cost < $0.cost }) ?? true { best = (cost, other) }
    }
    if let best {
      select(best.cluster)
      settleMap()
    } else if least > 1 {
      moveOnMap(x: x, y: y)
    }
  }

  /// The place of a concept in dots, also outside of the window; y upwards.
  private func dot(of cluster: Int, _ question: MapQuestion) -> Place {
    let scores = subject.scores
    func place(_ value: Double, _ axis: Axis, _ count: Int) -> Int {
      Int(((value - axis.low) / axis.length * Double(count)).rounded(.down))
    }
    return Place(
      x: place(scores.dInter[cluster], question.window.x, 2 * question.size.width),
      y: place(scores.dIntra[cluster], question.window.y, 4 * question.size.height))
  }

  /// Lines are cells; to the ends means the ends of the table.
  mutating func moveMap(_ step: Int) {
    guard step != Int.max, step != -Int.max else {
      moveCursor(step)
      settleMap()
      return
    }
    let cells = abs(step)
    moveOnMap(x: 0, y: step > 0 ? -1 : 1, least: cells == 1 ? 1 : 4 * cells)
  }

  mutating func zoomMap(_ step: Int) {
    map.zoom = min(max(0, map.zoom + step), State.mapZooms)
    guard let cluster = cursor, subject.scores.size[cluster] > 0 else { return }
    map.center = (subject.scores.dInter[cluster], subject.scores.dIntra[cluster])
  }

  mutating func turnMapLayer() {
    let all = MapLayer.allCases
    let here = all.firstIndex(of: map.layer) ?? 0
    map.layer = all[(here + 1) % all.count]
  }

  /// Selects the concept nearest to a cell of the plot.
  mutating func selectOnMap(_ cell: Place) {
    settleMap()
    guard let question = map.dots?.question else { return }
    let plot = mapLayout.plot
    guard plot.contains(cell) else { return }
    let x = 2 * (cell.x - plot.x)
    let y = 4 * (plot.y + plot.height - 1 - cell.y) + 1
    var best: (cost: Int, cluster: Int)?
    for cluster in subject.scores.size.indices where isOnMap(cluster) {
      let place = dot(of: cluster, question)
      let (dx, dy) = (place.x - x, place.y - y)
      let cost = dx * dx + dy * dy
      if best.map({ cost < $0.cost }) ?? true { best = (cost, cluster) }
    }
    if let best { select(best.cluster) }
  }
}

extension Axis {
  func contains(_ value: Double) -> Bool { value >= low && value <= high }
}

extension Region {
  var size: Size { Size(width: width, height: height) }
}
