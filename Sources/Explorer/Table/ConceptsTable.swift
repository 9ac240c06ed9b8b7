// The lines of the Concepts table: which columns the width allows, how wide each is, and what
// stands in them. Number, name and keep-fraction are always there; the others come by weight.

import Canvas
import Pruning

/// The table at one width.
package struct ConceptsTable {
  private let state: State
  private let shown: [(column: Column, x: Int, width: Int)]
  private let width: Int
  private let barWidth: Int

  /// Shares out `width` columns.
  /// - Complexity: O(1).
  package init(_ state: State, width: Int) {
    self.state = state
    self.width = width
    let widths = ConceptsTable.widths(state)
    var chosen: Set<Column> = [.number, .concept, .keep]
    let gap = width < 70 ? 1 : 2
    let leastName = width < 70 ? 14 : width < 100 ? 16 : 24
    let smallBar = width < 70 ? 4 : 6
    var used = 1 + widths[.number]! + 3 + leastName + gap + smallBar + 7 + 1
    for column in ConceptsTable.byWeight(state) {
      let more = gap + widths[column]!
      // The scores behind C are worth less than a name that can be read.
      let isExtra = ![.size, .complexity, .change, .quota].contains(column)
      let longer = isExtra && !state.isSorted(by: column) ? max(0, 24 - leastName) : 0
      guard used + more + longer <= width else { continue }
      chosen.insert(column)
      used += more
    }
    // What is left makes the names longer first, and then the bars.
    let spare = max(0, width - used)
    let nameWidth = leastName + min(spare, 30)
    barWidth = smallBar + min(max(0, spare - 30), 18)
    var x = 1
    var spans: [(Column, Int, Int)] = []
    for column in state.subject.columns where chosen.contains(column) {
      let columns: Int =
        switch column {
        case .concept: nameWidth
        case .keep: barWidth + 7
        default: widths[column]!
        }
      spans.append((column, x, columns))
      // Between number and name is room for the signs of a mark and of an override.
      x += columns + (column == .number ? 3 : gap)
    }
    shown = spans
  }

  private static func widths(_ state: State) -> [Column: Int] {
    let size = max(5, columns(of: thousands(state.largestSize)))
    var widths: [Column: Int] = [
      .number: max(3, columns(of: "\(max(0, state.subject.clusters - 1))")), .size: size,
      .dIntra: 7, .dInter: 7, .complexity: 6, .probability: 7, .quota: size, .change: 6,
      .override: 10,
    ]
    for (place, column) in state.subject.metadata.enumerated() {
      widths[.metadata(place)] = min(12, max(7, columns(of: column.name)))
    }
    return widths
  }

  /// The column at `x`, counted from the table's left edge: the one that stands there, or
  /// begins next; nil beside the table.
  package func column(at x: Int) -> Column? {
    guard x >= 0, x < width else { return nil }
    return (shown.first { x < $0.x + $0.width } ?? shown.last)?.column
  }

  /// Draws the titles; the sorted columns' stand out.
  func drawTitles(_ x: Int, _ y: Int, _ grid: inout Grid) {
    for (column, offset, width) in shown {
      let style =
        column == state.table.column
        ? Style(.plain, [.bold, .underline])
        : state.isSorted(by: column) ? Style(.plain, .underline) : Style.dim
      let title = column.title(state.subject)
      switch column {
      case .concept, .keep, .override: grid.draw(title, x + offset, y, style, limit: width)
      default:
        // A name that is too long is cut; a number never is.
        let start = x + offset + max(0, width - columns(of: title))
        grid.draw(title, start, y, style, limit: width)
      }
    }
  }

  func drawLine(_ cluster: Int, _ x: Int, _ y: Int, _ grid: inout Grid) {
    let scores = state.subject.scores
    let size = scores.size[cluster]
    let override = state.plan.override(of: cluster)
    let quota = state.quotas.quota[cluster]
    let isFull = size > 0 && quota == size
    let isGone = size > 0 && quota == 0
    for (column, offset, width) in shown {
      let left = x + offset
      let end = left + width
      func number(_ text: String, _ style: Style = .plain) {
        grid.drawRight(text, endingAt: end, y, style, limit: width)
      }
      switch column {
      case .number: number("\(cluster)", .dim)
      case .concept:
        if size == 0 {
          grid.draw("no rows", left, y, .dim, limit: width)
        } else {
          grid.drawName(of: cluster, state, left, y, isGone ? .dim : .plain, limit: width)
        }
        if state.marks.contains(cluster) { grid.draw("◆", left - 3, y, Style(.accent, .bold)) }
        if let override, !shown.contains(where: { $0.column == .override }) {
          grid.draw(sign(override), left - 2, y, Style(.decided, .bold))
        }
      case .size: number(thousands(size), size == 0 ? .dim : .plain)
      case .dIntra: number(fixed(scores.dIntra[cluster], 3))
      case .dInter: number(fixed(scores.dInter[cluster], 3))
      case .complexity: number(fixed(scores.complexity[cluster], 4))
      case .probability:
        let share = state.quotas.probability[cluster]
        number(share > 0 ? scientific(share) : "–", share > 0 ? .plain : .dim)
      case .quota: number(thousands(quota), isGone ? .dim : .plain)
      case .keep: drawKeep(cluster, left, y, isFull: isFull, isGone: isGone, &grid)
      case .change:
        let change = state.change(of: cluster)
        number(
          change == 0 ? "=" : (change > 0 ? "▲" : "▼") + compact(abs(change)),
          Style(change == 0 ? .dim : change > 0 ? .gained : .cut))
      case .override:
        if let override {
          let text = describe(override.action)
          let end = grid.draw(text, left, y, Style(.decided), limit: width)
          // The note is in Detail; here only that there is one.
          if override.note != nil { grid.draw("*", min(end, left + width - 1), y, Style(.decided)) }
        }
      case .metadata(let place):
        let mean = state.subject.metadata[place].mean[cluster]
        number(mean.isNaN ? "–" : measured(mean), mean.isNaN ? .dim : .plain)
      }
    }
  }

  private func drawKeep(
    _ cluster: Int, _ x: Int, _ y: Int, isFull: Bool, isGone: Bool, _ grid: inout Grid
  ) {
    let part = state.keepFraction(of: cluster)
    let role: Role = isFull ? .saturated : isGone ? .pruned : .kept
    grid.bar(part, x, y, width: barWidth, Style(role))
    let text = isFull ? "100%" : isGone ? "0%" : percent(part, 1) + "%"
    grid.drawRight(text, endingAt: x + barWidth + 6, y, Style(isGone ? .pruned : .plain))
    if isFull { grid.draw("●", x + barWidth + 6, y, Style(.saturated)) }
  }

  /// One sign for an override where its column has no room: the letter of its key.
  private func sign(_ override: Override) -> String {
    switch override.action {
    case .drop: "d"
    case .keep(let fraction): fraction == .one ? "a" : "p"
    case .count: "p"
    case .weight: "w"
    }
  }

  /// The columns that come beside number, concept and keep, the weightiest first: what the table
  /// is sorted by, and then these.
  private static func byWeight(_ state: State) -> [Column] {
    let all =
      [.size, .complexity, .change, .quota, .override, .dInter, .dIntra, .probability]
      + state.subject.metadata.indices.map(Column.metadata)
    let sorted = all.filter { state.isSorted(by: $0) }
    return sorted + all.filter { !sorted.contains($0) }
  }
}

extension Grid {
  /// Draws what a concept is called; `…` while that is not known.
  mutating func drawName(
    of cluster: Int, _ state: State, _ x: Int, _ y: Int, _ style: Style, limit: Int
  ) {
    let name = state.name(of: cluster)
    draw(name ?? "…", x, y, name == nil ? .line : style, limit: limit)
  }
}

/// A mean in at most seven columns: whole numbers where they are large, else four digits.
func measured(_ value: Double) -> String {
  switch abs(value) {
  case 0: "0"
  case ..<0.001: (value < 0 ? "-" : "") + scientific(abs(value))
  case ..<1: fixed(value, 4)
  case ..<100: fixed(value, 2)
  case ..<10_000: fixed(value, 1)
  default: abs(value) < 1e15 ? compact(Int(value.rounded())) : "\(Float(value))"
  }
}
