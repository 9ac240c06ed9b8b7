// From a state to a picture. Pure, and quick: it reads arrays in memory and only the lines that
// are on the screen. From top to bottom: the header, the screen, what lies above it, the key bar.

import Canvas

/// The picture of a state on a screen of the given size.
///
/// Pure: the same state and size give the same cells.
/// - Complexity: O(cells), whatever the number of concepts.
public func view(_ state: State, _ size: Size) -> Grid {
  var grid = Grid(size: size)
  let screen = state.shownScreen
  guard screen.fits(size) else {
    let text = "\(screen.title) needs \(screen.smallest.text), this is \(size.text)"
    for (row, line) in wrap(text, max(1, size.width)).enumerated() {
      grid.draw(line, 0, row, Style(.warning, .bold))
    }
    return grid
  }
  let layout = Layout(state, size)
  drawHeader(layout.header, &grid)
  screen.draw(state, layout.body, &grid)
  drawOverlay(state, layout, &grid)
  drawBottom(state, layout, &grid)
  drawKeyBar(state, y: size.height - 1, &grid)
  return grid
}

struct Layout {
  let header: [HeaderLine]
  /// The screen's own region, borders included.
  let body: Region

  init(_ state: State, _ size: Size) {
    header = state.header(width: size.width).lines
    body = Region(
      x: 0, y: header.count, width: size.width, height: max(0, size.height - header.count - 1))
  }
}

/// Draws the message or the running work over the bottom of the screen.
private func drawBottom(_ state: State, _ layout: Layout, _ grid: inout Grid) {
  let bottom = layout.body.y + layout.body.height - 1
  let width = grid.width
  if case .prompt(let prompt)? = state.overlay {
    drawPrompt(state, prompt, y: bottom, &grid)
    if state.message == nil { return }
  }
  if let message = state.message {
    let lines = wrap(message.text, width - 6)
    let shown = lines.suffix(max(1, layout.body.height - 2))
    var above = bottom
    if case .prompt? = state.overlay { above -= 1 }
    for (index, line) in shown.enumerated() {
      let y = above - shown.count + 1 + index
      grid.fill(Region(x: 0, y: y, width: width, height: 1), Style(.plain, on: .raised))
      let style = Style(message.isWarning ? .warning : .plain, .bold, on: .raised)
      if index == 0 { grid.draw(message.isWarning ? "!" : "·", 1, y, style) }
      grid.draw(line, 3, y, style)
    }
    return
  }
  let work = state.running.values.filter { type(of: $0.request).notice != nil }
    .min { $0.ticket < $1.ticket }
  guard let work, let notice = type(of: work.request).notice else { return }
  let part = work.progress ?? work.request.partBefore(state)
  var x = grid.draw(" \(notice) ", 2, bottom, Style(.accent, .bold))
  grid.bar(part, x, bottom, width: 16, Style(.kept), track: .line)
  x += 16
  grid.draw(" \(percent(part, 0)) % · Ctrl-C cancels ", x, bottom, .plain)
}
