// Drawing the Map: axes with figures, lines of equal complexity, the dots, and the cursor.

import Canvas

struct MapView {
  let state: State
  let plot: Region
  let dots: MapDots

  private var window: MapExtent { dots.question.window }

  /// How the Map shows a kind of concept: weight beside colour, so that it can be told without.
  static func style(_ role: Role) -> Style {
    switch role {
    case .saturated, .kept: Style(role, .bold)
    default: Style(role)
    }
  }

  func draw(_ grid: inout Grid) {
    drawAxes(&grid)
    let (line, labels) = levelLines
    for spot in line { grid.draw("·", spot.x, spot.y, .line) }
    if dots.plot.size == plot.size {
      grid.draw(dots.plot, plot.x, plot.y) { Self.style(dots.roles[$0]) }
    }
    // Where dots crowd into shades, the lines run over them.
    for spot in line where isShade(grid[spot.x, spot.y]) {
      grid.draw("·", spot.x, spot.y, .bold)
    }
    for label in labels { drawLabel(label, &grid) }
    drawCursor(&grid)
  }

  private func drawAxes(_ grid: inout Grid) {
    let bottom = plot.y + plot.height
    for y in plot.y..<bottom { grid.draw("│", plot.x - 1, y, .line) }
    grid.draw("└" + String(repeating: "─", count: plot.width), plot.x - 1, bottom, .line)
    let most = max(2, plot.height / 5)
    let places = window.y.decimals(atMost: most)
    for value in window.y.ticks(atMost: most) {
      let y = bottom - 1 - window.y.place(value, of: plot.height)
      grid.draw("┤", plot.x - 1, y, .line)
      grid.drawRight(fixed(value, places), endingAt: plot.x - 2, y, .dim, limit: 6)
    }
    grid.drawRight("d_intra", endingAt: plot.x - 1, plot.y, .bold)
    grid.drawRight("d_inter", endingAt: plot.x + plot.width, bottom + 1, .bold)
    let wide = max(2, plot.width / 12)
    let digits = window.x.decimals(atMost: wide)
    for value in window.x.ticks(atMost: wide) {
      let x = plot.x + window.x.place(value, of: plot.width)
      let text = fixed(value, digits)
      grid.draw("┬", x, bottom, .line)
      let start = x - columns(of: text) / 2
      if start >= plot.x - 1, start + columns(of: text) < plot.x + plot.width - 8 {
        grid.draw(text, start, bottom + 1, .dim)
      }
    }
  }

  /// What is written on a line, and where it may begin.
  private typealias Label = (text: String, x: Int, y: Int)

  /// Round complexities that the window has.
  private var levels: [Double] {
    let axis = Axis(window.x.low * window.y.low, window.x.high * window.y.high)
    guard axis.low > 0, axis.high / axis.low > 6 else { return axis.ticks(atMost: 6) }
    // Far apart: 1, 2, 5, 10, ...
    var levels: [Double] = []
    var power = 1e-9
    while power < axis.high {
      for factor in [1.0, 2, 5] where axis.contains(power * factor) {
        levels.append(power * factor)
      }
      power *= 10
    }
    return levels.suffix(6)
  }

  /// The cells of the lines, and what is written on them.
  private var levelLines: (line: [Spot], labels: [Label]) {
    let bottom = plot.y + plot.height - 1
    var line: [Spot] = []
    var labels: [Label] = []
    for level in levels where level > 0 {
      var last: Spot?
      for column in 0..<plot.width {
        let x = window.x.low + window.x.length * (Double(column) + 0.5) / Double(plot.width)
        guard x > 0, window.y.contains(level / x) else { continue }
        let y = bottom - window.y.place(level / x, of: plot.height)
        // Where it is steep, a dot in every cell that it passes.
        let first = min(y, (last?.y ?? y) + 1)
        for row in first...y { line.append(Spot(x: plot.x + column, y: row)) }
        last = line.last
      }
      guard let last else { continue }
      let text = " C \(complexity(level)) "
      let end = min(plot.x + plot.width, last.x + columns(of: text) / 2)
      labels.append((text, end - columns(of: text), last.y))
    }
    return (line, labels)
  }

  /// Whether so many dots fall into a cell that it is drawn as a shade.
  private func isShade(_ cell: Cell) -> Bool {
    cell.glyph.scalar == "▓" || cell.glyph.scalar == "█"
  }

  private func complexity(_ level: Double) -> String {
    var places = 0
    var value = level
    while places < 6, abs(value - value.rounded()) > 1e-6 * max(1, value) {
      value *= 10
      places += 1
    }
    return fixed(level, places)
  }

  /// Writes on a line where no dot is covered by it.
  private func drawLabel(_ label: Label, _ grid: inout Grid) {
    let width = columns(of: label.text)
    guard label.x >= plot.x else { return }
    for x in label.x..<label.x + width {
      let cell = grid[x, label.y]
      let sign = cell.glyph.scalar
      guard sign == " " || sign == "·" || isShade(cell) else { return }
    }
    grid.draw(label.text, label.x, label.y, .dim)
  }

  private func drawCursor(_ grid: inout Grid) {
    guard let cluster = state.cursor, state.subject.scores.size[cluster] > 0 else { return }
    let scores = state.subject.scores
    let (inter, intra) = (scores.dInter[cluster], scores.dIntra[cluster])
    guard window.x.contains(inter), window.y.contains(intra) else { return }
    let x = plot.x + window.x.place(inter, of: plot.width)
    let bottom = plot.y + plot.height
    let y = bottom - 1 - window.y.place(intra, of: plot.height)
    grid.draw("┃", x, bottom, Style(.accent, .bold))
    grid.draw("━", plot.x - 1, y, Style(.accent, .bold))
    grid.draw("◆", x, y, Style(.accent, .bold, on: .cursor))
    let text = " \(cluster) \(state.name(of: cluster) ?? "…") "
    let width = min(columns(of: text), 34)
    let right = plot.x + plot.width - x - 2
    let left = x - 1 - plot.x
    let style = Style(.plain, .bold, on: .cursor)
    if right >= width || right >= left {
      grid.draw(text, x + 2, y, style, limit: min(width, right))
    } else {
      grid.draw(text, x - 1 - min(width, left), y, style, limit: min(width, left))
    }
  }
}
