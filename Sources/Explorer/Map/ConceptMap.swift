// The dots of the Map, made once for a size, a window and a plan: a cursor key draws them again
// without looking at a concept. Every concept that has rows and belongs to the layer is one dot.

import Canvas
import Pruning

/// Which concepts the Map shows, as its border names them.
enum MapLayer: String, CaseIterable, Sendable {
  case all = "all concepts"
  case whole = "kept whole"
  case none = "not kept"
  case gained, cut
  case decided = "with an override"
  case marked
}

/// The part of the plane that is shown, or that there is.
struct MapExtent: Sendable, Equatable {
  /// d_inter.
  let x: Axis
  /// d_intra.
  let y: Axis
}

/// What the Map screen remembers.
package struct MapState: Sendable {
  /// How often the window was halved.
  var zoom = 0
  /// The middle of the window while it is smaller than everything.
  var center: (x: Double, y: Double)?
  var layer = MapLayer.all
  /// Where all concepts lie; nil before the screen was first looked at.
  var extent: MapExtent?
  /// What is shown; nil before the screen was first looked at.
  package internal(set) var dots: MapDots?
}

/// Which dots: what they depend on.
struct MapQuestion: Sendable, Equatable {
  /// Of the plot, in cells.
  let size: Size
  let window: MapExtent
  let layer: MapLayer
  /// The concepts that pass the filter of the table; nil for all.
  let filtered: RowSet?
  /// The marked concepts, where the layer shows those.
  let marked: RowSet?
  let plan: Plan
  let baseline: Baseline
}

/// The dots of a question.
package struct MapDots: Sendable {
  let question: MapQuestion
  /// Where every concept lies in dots, from the window's lower left corner and also outside of it;
  /// kept while the window stays, whatever the plan.
  let places: (x: [Int32], y: [Int32])
  package private(set) var plot: DotPlot
  /// What most concepts of a cell are.
  private(set) var roles: [Role]
  /// The concepts of the layer, ascending.
  package private(set) var members: [Int32] = []
  /// How many of them are in the window.
  package private(set) var shown = 0

  /// - Parameter last: the dots before these, whose places may still hold.
  /// - Complexity: O(k + cells).
  init(_ question: MapQuestion, _ state: State, last: MapDots?) {
    self.question = question
    let (scores, quota) = (state.subject.scores, state.quotas.quota)
    let (size, window) = (question.size, question.window)
    if let last, last.question.size == size, last.question.window == window {
      places = last.places
    } else {
      places = (
        MapDots.places(scores.dInter, window.x, 2 * size.width),
        MapDots.places(scores.dIntra, window.y, 4 * size.height)
      )
    }
    plot = DotPlot(size: question.size)
    roles = Array(repeating: .line, count: plot.counts.count)
    // Of each cell, how many are kept whole and how many more than the mean.
    var whole = [Int32](repeating: 0, count: roles.count)
    var much = whole
    let mean = Double(state.plan.target) / Double(max(1, state.subject.candidates))
    let top = Int32(truncatingIfNeeded: plot.dots.height - 1)
    members.reserveCapacity(scores.clusters)
    for cluster in scores.size.indices where state.isOnMap(cluster, question) {
      members.append(Int32(truncatingIfNeeded: cluster))
      let (x, y) = (places.x[cluster], top - places.y[cluster])
      guard let cell = plot.set(Int(x), Int(y)) else { continue }
      shown += 1
      let size = scores.size[cluster]
      whole[cell] += quota[cluster] == size ? 1 : 0
      much[cell] += Double(quota[cluster]) > mean * Double(size) ? 1 : 0
    }
    for cell in roles.indices where plot.counts[cell] > 0 {
      let count = plot.counts[cell]
      roles[cell] = 2 * whole[cell] > count ? .saturated : 2 * much[cell] > count ? .kept : .pruned
    }
  }

  private static func places(_ values: [Double], _ axis: Axis, _ dots: Int) -> [Int32] {
    let scale = Double(dots) / axis.length
    return values.map { value in
      // Rounded down, also below 0; a window is never that far away.
      let place = min(max(-1e6, (value - axis.low) * scale), 1e6) + 1_048_576
      return Int32(place) - 1_048_576
    }
  }

  /// The nearest member in a direction: `x` and `y` are -1, 0 or 1, y upwards.
  ///
  /// - Parameter least: how many dots away at least.
  /// - Complexity: O(k).
  func nearest(to cluster: Int, x: Int32, y: Int32, least: Int32) -> Int? {
    let (left, bottom) = (places.x[cluster], places.y[cluster])
    var best: (cost: Int32, cluster: Int32) = (.max, -1)
    for member in members {
      let (dx, dy) = (places.x[Int(member)] &- left, places.y[Int(member)] &- bottom)
      let along = dx &* x &+ dy &* y
      guard along >= least else { continue }
      let across = abs(dx &* y) &+ abs(dy &* x)
      // What lies aside counts double, and outside of the quarter only where it is empty.
      let cost = along &+ 2 &* across &+ (across > along ? 1 << 24 : 0)
      if cost < best.cost { best = (cost, member) }
    }
    return best.cluster < 0 ? nil : Int(best.cluster)
  }

  /// The member nearest to a dot, y upwards.
  /// - Complexity: O(k).
  func nearest(x: Int32, y: Int32) -> Int? {
    func distance(_ member: Int32) -> Int {
      let (dx, dy) = (Int(places.x[Int(member)] - x), Int(places.y[Int(member)] - y))
      return dx * dx + dy * dy
    }
    return members.min { distance($0) < distance($1) }.map(Int.init)
  }
}

extension State {
  /// Whether the Map shows a concept, if its window has it.
  /// - Complexity: O(log overrides).
  fileprivate func isOnMap(_ cluster: Int, _ question: MapQuestion) -> Bool {
    let (size, quota) = (subject.scores.size[cluster], quotas.quota[cluster])
    guard size > 0, question.filtered?.contains(cluster) != false else { return false }
    switch question.layer {
    case .all: return true
    case .whole: return quota == size
    case .none: return quota == 0
    case .gained: return quota > baseline.quota[cluster]
    case .cut: return quota < baseline.quota[cluster]
    case .decided: return plan.override(of: cluster) != nil
    case .marked: return marks.contains(cluster)
    }
  }

  /// The intervals of d_inter and d_intra over the concepts that have rows, with a margin so that
  /// no dot touches the border.
  /// - Complexity: O(k).
  func mapExtent() -> MapExtent {
    let scores = subject.scores
    let members = scores.size.indices.filter { scores.size[$0] > 0 }
    func axis(_ values: [Double]) -> Axis {
      let own = members.map { values[$0] }
      guard let low = own.min(), let high = own.max() else { return Axis(0, 1) }
      let whole = Axis(low, high)
      return Axis(whole.low - whole.length * 0.02, whole.high + whole.length * 0.02)
    }
    return MapExtent(x: axis(scores.dInter), y: axis(scores.dIntra))
  }
}

extension MapState {
  /// The intervals that the Map shows of all.
  func window(_ extent: MapExtent) -> MapExtent {
    guard zoom > 0, let center else { return extent }
    let part = 1 / Double(1 << zoom)
    func piece(_ whole: Axis, _ middle: Double) -> Axis {
      let length = whole.length * part
      let low = min(max(whole.low, middle - length / 2), whole.high - length)
      return Axis(low, low + length)
    }
    return MapExtent(x: piece(extent.x, center.x), y: piece(extent.y, center.y))
  }
}
