// The dots of the Map, made once for a size, a window and a plan: a cursor key draws them again
// without looking at a concept. Every concept that has rows and belongs to the layer is one dot.

import Canvas
import Pruning

/// Which concepts the Map shows.
enum MapLayer: String, CaseIterable, Sendable {
  case all, whole, none, gained, cut, decided

  /// In the border: what the dots are.
  var title: String {
    switch self {
    case .all: "all concepts"
    case .whole: "kept whole"
    case .none: "kept not at all"
    case .gained: "gained"
    case .cut: "cut"
    case .decided: "with an override"
    }
  }
}

/// The part of the plane that is shown, or that there is.
struct MapExtent: Sendable, Equatable {
  /// d_inter.
  let x: Axis
  /// d_intra.
  let y: Axis
}

/// Where the Map screen is.
package struct ConceptMap: Sendable {
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
  let plan: Plan
  let baseline: Baseline
}

/// The dots of a question.
package struct MapDots: Sendable {
  let question: MapQuestion
  package private(set) var plot: DotPlot
  /// What most concepts of a cell are.
  private(set) var roles: [Role]
  /// Concepts of the layer, and those of them in the window.
  package private(set) var members = 0
  package private(set) var shown = 0

  /// - Complexity: O(k + cells).
  init(_ question: MapQuestion, _ state: State) {
    self.question = question
    plot = DotPlot(size: question.size)
    roles = Array(repeating: .line, count: plot.counts.count)
    // Of each cell, how many are kept whole and how many more than the mean.
    var whole = [Int32](repeating: 0, count: roles.count)
    var much = whole
    let (scores, quota) = (state.subject.scores, state.quotas.quota)
    let mean = Double(state.plan.target) / Double(max(1, state.subject.candidates))
    let dots = plot.dots
    for cluster in scores.size.indices where state.isOnMap(cluster) {
      members += 1
      let x = question.window.x.place(scores.dInter[cluster], of: dots.width)
      let y = question.window.y.place(scores.dIntra[cluster], of: dots.height)
      guard let cell = plot.set(x, dots.height - 1 - y) else { continue }
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
}

extension State {
  /// Whether the Map shows a concept, if its window has it.
  /// - Complexity: O(log overrides).
  func isOnMap(_ cluster: Int) -> Bool {
    let (size, quota) = (subject.scores.size[cluster], quotas.quota[cluster])
    guard size > 0 else { return false }
    switch map.layer {
    case .all: return true
    case .whole: return quota == size
    case .none: return quota == 0
    case .gained: return quota > baseline.quota[cluster]
    case .cut: return quota < baseline.quota[cluster]
    case .decided: return plan.override(of: cluster) != nil
    }
  }

  /// The intervals of d_inter and d_intra over the concepts that have rows, with a margin so that
  /// no dot touches the border.
  /// - Complexity: O(k).
  func mapExtent() -> MapExtent {
    let scores = subject.scores
    var (left, right) = (Double.infinity, -Double.infinity)
    var (low, high) = (Double.infinity, -Double.infinity)
    for cluster in scores.size.indices where scores.size[cluster] > 0 {
      left = min(left, scores.dInter[cluster])
      right = max(right, scores.dInter[cluster])
      low = min(low, scores.dIntra[cluster])
      high = max(high, scores.dIntra[cluster])
    }
    guard left <= right else { return MapExtent(x: Axis(0, 1), y: Axis(0, 1)) }
    let (x, y) = (Axis(left, right), Axis(low, high))
    return MapExtent(
      x: Axis(x.low - x.length * 0.02, x.high + x.length * 0.02),
      y: Axis(y.low - y.length * 0.02, y.high + y.length * 0.02))
  }

  /// The intervals that the Map shows.
  func mapWindow(_ extent: MapExtent) -> MapExtent {
    guard map.zoom > 0, let center = map.center else { return extent }
    let part = 1 / Double(1 << map.zoom)
    func piece(_ whole: Axis, _ middle: Double) -> Axis {
      let length = whole.length * part
      let low = min(max(whole.low, middle - length / 2), whole.high - length)
      return Axis(low, low + length)
    }
    return MapExtent(x: piece(extent.x, center.x), y: piece(extent.y, center.y))
  }
}
