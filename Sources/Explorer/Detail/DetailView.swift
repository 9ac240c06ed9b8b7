// One concept: its figures and where they stand among the others, the histogram of its distances
// with the cut, the concepts nearest to it, and rows on both sides of the cut.

import Canvas
import Pruning
import Workspace

/// Draws Detail into a region whose border is drawn already.
/// - Complexity: O(cells).
func drawDetail(_ state: State, _ region: Region, _ grid: inout Grid) {
  guard let cluster = state.cursor else { return }
  let inside = region.inside
  if let note = state.plan.override(of: cluster)?.note {
    // The border has room for it beside the place in the table.
    let room = state.screen == .detail ? region.width / 2 : region.width - 4
    grid.draw(
      " note: \(fit(note, room - 8)) ", region.x + 2, region.y + region.height - 1,
      Style(.decided))
  }
  guard state.subject.scores.size[cluster] > 0 else {
    grid.draw("this concept has no rows", inside.x + 1, inside.y, .dim)
    return
  }
  let layout = DetailLayout(inside, metadata: state.subject.metadata.count)
  DetailView(state: state, cluster: cluster, layout: layout).draw(&grid)
}

struct DetailView {
  let state: State
  let cluster: Int
  let layout: DetailLayout
  private let detail: DetailState
  /// The page of this concept, perhaps of an earlier plan; while it is read, the last one that was
  /// there, which spares the terminal a blank pane between two full ones.
  let page: DetailPage?
  /// The concept whose histogram, neighbours and rows are shown.
  let shown: Int

  init(state: State, cluster: Int, layout: DetailLayout) {
    self.state = state
    self.cluster = cluster
    self.layout = layout
    detail = state.detail
    let isReading = state.running(DetailQuestion.self) != nil
    page = detail.page.flatMap { isReading || $0.question.cluster == cluster ? $0 : nil }
    shown = page?.question.cluster ?? cluster
  }

  func draw(_ grid: inout Grid) {
    var y = drawFigures(&grid)
    if layout.isAiry { y += 1 }
    y = drawHistogram(y, &grid)
    if layout.isAiry { y += 1 }
    y = drawMetadata(y, &grid)
    drawNeighbours(y, &grid)
    drawRows(&grid)
    guard shown != cluster else { return }
    grid.draw(" reading … ", layout.left.x + 1, layout.bottom, .dim)
  }

  private func drawFigures(_ grid: inout Grid) -> Int {
    let scores = state.subject.scores
    let quota = state.quotas.quota[cluster]
    let share = state.quotas.probability[cluster]
    let ranks = detail.ranks.flatMap { $0.cluster == cluster ? $0 : nil }
    let (x, y) = (layout.left.x, layout.left.y)
    let half = min(34, (layout.left.width - 2) / 2)
    let second = x + layout.left.width - half
    func figure(_ name: String, _ value: String, _ rank: Int?, _ x: Int, _ y: Int) {
      grid.draw(name, x, y, .dim)
      // A rank takes up to seven columns and stands in a column of its own.
      let end = x + 8 + max(half - 8 - 7, columns(of: value))
      grid.drawRight(value, endingAt: end, y)
      if let rank, end + 2 + columns(of: "\(rank)") <= x + half {
        grid.draw("#\(rank)", end + 1, y, .dim)
      }
    }
    figure("size", thousands(scores.size[cluster]), ranks?.size, x, y)
    figure("quota", thousands(quota), ranks?.quota, second, y)
    figure("d_intra", fixed(scores.dIntra[cluster], 4), ranks?.dIntra, x, y + 1)
    figure("d_inter", fixed(scores.dInter[cluster], 4), ranks?.dInter, second, y + 1)
    figure("C", fixed(scores.complexity[cluster], 4), ranks?.complexity, x, y + 2)
    figure(
      "P", share > 0 ? scientific(share) : "–", share > 0 ? ranks?.probability : nil, second,
      y + 2)
    drawKeep(x, y + 3, &grid)
    return y + DetailLayout.figures
  }

  private func drawKeep(_ x: Int, _ y: Int, _ grid: inout Grid) {
    let part = state.keepFraction(of: cluster)
    let quota = state.quotas.quota[cluster]
    let isFull = quota == state.subject.scores.size[cluster]
    grid.draw("keep", x, y, .dim)
    let text = isFull ? "100 %" : quota == 0 ? "0 %" : percent(part, 1) + " %"
    grid.drawRight(text, endingAt: x + 15, y, .bold)
    let change = state.change(of: cluster)
    var words: [(String, Style)] = []
    if isFull {
      words.append((layout.left.width < 52 ? "●" : "● saturated", Style(.saturated)))
    }
    if let override = state.plan.override(of: cluster) {
      words.append((describe(override.action), Style(.decided)))
    }
    if change != 0 {
      words.append(
        ((change > 0 ? "▲" : "▼") + thousands(abs(change)), Style(change > 0 ? .gained : .cut)))
    }
    let right = words.reduce(0) { $0 + 2 + columns(of: $1.0) }
    let barWidth = max(4, layout.left.width - 16 - right)
    grid.bar(
      part, x + 16, y, width: barWidth, Style(isFull ? .saturated : .kept), track: .line)
    var end = x + 16 + barWidth
    for (text, style) in words { end = grid.draw(text, end + 2, y, style) }
  }

  /// The columns left of the cut, in 0...width; nil where nothing parts kept from pruned.
  private func cutColumn(_ page: DetailPage, step: Int) -> Int? {
    let (size, quota) = (state.subject.scores.size[shown], state.quotas.quota[shown])
    guard state.plan.order.hasCutDistance, quota > 0, quota < size else { return nil }
    let near = state.plan.order == .hardest ? size - quota : quota
    guard let bin = page.nearer.dropLast().lastIndex(where: { $0 <= near }) else { return nil }
    let count = max(1, page.nearer[bin + 1] - page.nearer[bin])
    let part = Double(near - page.nearer[bin]) / Double(count)
    return bin * step + Int(part * Double(step))
  }

  private func drawHistogram(_ top: Int, _ grid: inout Grid) -> Int {
    let (x, height) = (layout.left.x, layout.barHeight)
    let bottom = top + height - 1
    let end = bottom + 3
    guard let page, page.nearer.count > 1, page.nearer.count - 1 <= layout.left.width else {
      grid.draw("distances …", x, bottom, .dim)
      return end
    }
    let bins = page.nearer.count - 1
    let step = max(1, layout.left.width / bins)
    let counts = (0..<bins).map { page.nearer[$0 + 1] - page.nearer[$0] }
    let tallest = Double(max(1, counts.max() ?? 1))
    let cut = cutColumn(page, step: step)
    let hasCut = state.plan.order.hasCutDistance
    for column in 0..<bins * step {
      let isNear = cut.map { column < $0 } ?? false
      let isKept = cut == nil ? isWhole : isNear == (state.plan.order == .easiest)
      let role: Role = !hasCut ? .plain : isKept ? .kept : .pruned
      grid.column(
        Double(counts[column / step]) / tallest, x + column, bottom: bottom, height: height,
        Style(role))
      grid.draw(
        !hasCut ? "─" : isKept ? "━" : "┄", x + column, bottom + 1,
        Style(hasCut ? role : .line))
    }
    drawAxis(page, cut, x, bottom + 1, bins * step, &grid)
    return end
  }

  private var isWhole: Bool { state.quotas.quota[shown] == state.subject.scores.size[shown] }

  private func drawAxis(
    _ page: DetailPage, _ cut: Int?, _ x: Int, _ y: Int, _ width: Int, _ grid: inout Grid
  ) {
    let low = fixed(Double(page.range.lowerBound), 3)
    let high = fixed(Double(page.range.upperBound), 3)
    grid.draw(low, x, y + 1, .dim)
    grid.drawRight(high, endingAt: x + width, y + 1, .dim)
    let room = (x + 7)..<(x + width - 7)
    let order = state.plan.order
    guard let cut else {
      let words =
        order == .stratified
        ? "kept and pruned at all distances"
        : !order.hasCutDistance
          ? "\(order.rawValue): no cut in distance" : isWhole ? "all are kept" : "none is kept"
      grid.draw(words, x + max(7, (width - columns(of: words)) / 2), y + 1, .dim, limit: room.count)
      return
    }
    grid.draw("┃", x + min(cut, width - 1), y, .bold)
    let isCurrent =
      page.question.quota == state.quotas.quota[shown] && page.question.order == order
    let value = isCurrent ? page.cut.map { fixed(Double($0), 3) } ?? "–" : "…"
    let sides = order == .hardest ? ("pruned", "kept") : ("kept", "pruned")
    let words: [(String, Style)] = [
      (sides.0 + " ← ", Style(order == .hardest ? .pruned : .kept)), ("cut " + value, .bold),
      (" → " + sides.1, Style(order == .hardest ? .kept : .pruned)),
    ]
    let total = words.reduce(0) { $0 + columns(of: $1.0) }
    // The word stands under the cut where there is room.
    let before = columns(of: words[0].0) + columns(of: words[1].0) / 2
    let start = min(
      max(room.lowerBound, x + cut - before), max(room.lowerBound, room.upperBound - total))
    grid.draw(words, start, y + 1, before: room.upperBound)
  }

  /// Columns of a number with the blank before it.
  private static let numberWidth = 8

  /// Draws a line for each column of the metadata, with its mean and quantiles.
  private func drawMetadata(_ top: Int, _ grid: inout Grid) -> Int {
    guard layout.metadata > 0 else { return top }
    let (x, width) = (layout.left.x, layout.left.width)
    // Of few columns the extremes and the median.
    let shownQuantiles = width < 60 ? [0, 2, 4] : Array(ValueSummary.fractions.indices)
    let first = width - Self.numberWidth * (1 + shownQuantiles.count)
    func draw(_ texts: [String], _ y: Int, _ style: Style, _ grid: inout Grid) {
      for (place, text) in texts.enumerated() {
        grid.drawRight(text, endingAt: x + first + Self.numberWidth * (place + 1), y, style)
      }
    }
    grid.draw("metadata", x, top, .dim, limit: first)
    draw(
      ["mean"] + shownQuantiles.map { fixed(100 * ValueSummary.fractions[$0], 0) + " %" }, top,
      .dim, &grid)
    for (place, column) in state.subject.metadata.prefix(layout.metadata - 1).enumerated() {
      let y = top + 1 + place
      grid.draw(column.name, x, y, limit: max(0, first - 1))
      let summary = page.flatMap { place < $0.metadata.count ? $0.metadata[place] : nil }
      let values = shownQuantiles.map { summary?.quantiles[$0] }
      draw(([column.mean[shown]] + values).map(text), y, .plain, &grid)
    }
    return top + layout.metadata + 1
  }

  private func text(_ value: Double?) -> String {
    value.map { $0.isNaN ? "–" : measured($0) } ?? "…"
  }

  private func drawNeighbours(_ top: Int, _ grid: inout Grid) {
    guard layout.neighbours > 0 else { return }
    let (x, width) = (layout.left.x, layout.left.width)
    grid.draw("nearest", x, top, .dim)
    guard let near = detail.neighbours[cluster] ?? detail.neighbours[shown] else {
      grid.draw("…", x + 9, top, .line)
      return
    }
    if near.isEmpty { grid.draw("no other concept", x + 9, top, .dim) }
    for (line, neighbour) in near.prefix(layout.neighbours).enumerated() {
      let y = top + line
      grid.drawRight("\(neighbour.cluster)", endingAt: x + 14, y, .dim)
      grid.draw(fixed(Double(neighbour.distance), 3), x + 16, y)
      let name = state.name(of: neighbour.cluster) ?? "…"
      grid.draw(name, x + 23, y, limit: width - 23)
    }
  }
}
