// What the metadata's numbers come to in a concept: a line for each column with mean and quantiles.

import Canvas
import Workspace

extension DetailView {
  /// Columns of a number with the blank before it.
  private static let numberWidth = 8

  /// - Returns: the line below.
  func drawMetadata(_ top: Int, _ grid: inout Grid) -> Int {
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
}
