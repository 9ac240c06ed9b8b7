// The paper's plot (Abbas et al., ICLR 2024): what each concept keeps, in the falling order of P.
// A column stands for some concepts and shows the mean of their quotas; what both plans keep is
// solid, what the plan adds is a dense shade and what it takes away a light one, so that before
// and after are told apart without colour. Where the sizes are the limit, a line shows them.

import Canvas

struct ShiftPlot {
  let layout: ShiftLayout
  let table: ShiftTable
  let cursor: Int?

  func draw(_ grid: inout Grid) {
    let bars = layout.bars
    let columns = table.columns
    guard !columns.isEmpty, table.width == bars.width, bars.height > 0 else { return }
    let step = bars.width / columns.count
    let (top, isCut) = scale(columns)
    grid.drawRight(
      (isCut ? "≥" : "") + compact(Int(top.rounded())), endingAt: bars.x - 1, bars.y, .dim)
    if bars.height > 1 { grid.drawRight("0", endingAt: bars.x - 1, bars.y + bars.height - 1, .dim) }
    for (index, sums) in columns.enumerated() {
      for offset in 0..<step { drawColumn(sums, bars.x + index * step + offset, bars, top, &grid) }
    }
    drawSigns(columns, step, bars, &grid)
    if layout.plot.height >= 9 { drawSaturated(columns, step, bars, &grid) }
    if layout.plot.height >= 5 { drawFigures(columns.count, step, bars, &grid) }
  }

  /// The value at the top. A few columns that tower over all others are cut off, or nothing else
  /// could be seen.
  private func scale(_ columns: [ShiftSums]) -> (top: Double, isCut: Bool) {
    let values = columns.map { $0.mean(max($0.before, $0.after)) }.sorted()
    let highest = max(values.last ?? 0, 1e-9)
    let usual = values[values.count * 9 / 10] * 1.5
    return usual > 0 && highest > 2 * usual ? (usual, true) : (highest, false)
  }

  private func drawColumn(
    _ sums: ShiftSums, _ x: Int, _ bars: Region, _ top: Double, _ grid: inout Grid
  ) {
    let height = bars.height
    let least = sums.mean(min(sums.before, sums.after))
    let most = sums.mean(max(sums.before, sums.after))
    let common = barEighths(least / top, width: height)
    let highest = barEighths(most / top, width: height)
    let isGain = sums.after > sums.before
    let isWhole = sums.saturated == sums.concepts
    let bottom = bars.y + height - 1
    let solid = (common + 7) / 8
    grid.column(
      least / top, x, bottom: bottom, height: height, Style(isWhole ? .saturated : .kept))
    // Of the difference only whole cells, and the half that is more than half.
    let end = (highest + 4) / 8
    for row in solid..<max(solid, end) {
      grid.draw(isGain ? "▒" : "░", x, bottom - row, Style(isGain ? .gained : .cut))
    }
    // Sizes matter where they are the limit.
    let size = sums.mean(sums.size)
    let row = barEighths(size / top, width: height) / 8
    if sums.saturated > 0, size <= top, row >= max(solid, end), row < height {
      grid.draw("╌", x, bottom - row, .line)
    }
    if most > top { grid.draw("↑", x, bars.y, .bold) }
  }

  /// Whether the concepts of each column gain or lose together.
  private func drawSigns(
    _ columns: [ShiftSums], _ step: Int, _ bars: Region, _ grid: inout Grid
  ) {
    let y = bars.y + bars.height
    let here = cursor.flatMap { table.ranking.column(of: $0, of: bars.width) }
    grid.drawRight("Δ", endingAt: bars.x - 1, y, .dim)
    for (index, sums) in columns.enumerated() {
      let change = sums.after - sums.before
      let role: Role = change == 0 ? .line : change > 0 ? .gained : .cut
      let sign = change == 0 ? "·" : change > 0 ? "▲" : "▼"
      for offset in 0..<step {
        grid.draw(
          sign, bars.x + index * step + offset, y, Style(role, index == here ? .reverse : []))
      }
    }
  }

  /// Which part of each column's concepts is kept whole.
  private func drawSaturated(
    _ columns: [ShiftSums], _ step: Int, _ bars: Region, _ grid: inout Grid
  ) {
    let y = bars.y + bars.height + 1
    grid.drawRight("●", endingAt: bars.x - 1, y, Style(.saturated))
    let parts = columns.flatMap { sums in
      Array(repeating: Double(sums.saturated) / Double(max(1, sums.concepts)), count: step)
    }
    grid.sparkline(parts, bars.x, y, Style(.saturated))
  }

  /// What the plot stands on: ranks of P at both ends, and the cursor's concept.
  private func drawFigures(_ columns: Int, _ step: Int, _ bars: Region, _ grid: inout Grid) {
    let y = layout.plot.y + layout.plot.height - 1
    let left = "largest P"
    let fixed = table.ranking.concepts.count - table.ranking.sharing
    let right = fixed > 0 ? "smallest P, then \(thousands(fixed)) fixed" : "smallest P"
    let end = bars.x + columns * step
    grid.draw(left, bars.x, y, .dim)
    grid.drawRight(
      right, endingAt: max(end, bars.x + Canvas.columns(of: left + right) + 8), y, .dim)
    guard let cursor, let here = table.ranking.column(of: cursor, of: bars.width) else { return }
    let text = "▲ \(cursor)"
    let x = bars.x + here * step
    let room = (bars.x + Canvas.columns(of: left) + 1)..<(end - Canvas.columns(of: right) - 1)
    if room.lowerBound <= x, x + Canvas.columns(of: text) <= room.upperBound {
      grid.draw(text, x, y, Style(.accent, .bold))
    }
  }
}

extension ShiftSums {
  /// Rows per concept.
  fileprivate func mean(_ rows: Int) -> Double { Double(rows) / Double(max(1, concepts)) }
}
