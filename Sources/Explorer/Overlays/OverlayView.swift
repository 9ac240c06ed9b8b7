// Prompts, menus, questions and the help, drawn above the screen.

import Canvas

/// Draws what lies above the screen; prompts are drawn with the bottom line.
func drawOverlay(_ state: State, _ layout: Layout, _ grid: inout Grid) {
  switch state.overlay {
  case nil, .prompt?: break
  case .menu(let menu)?: drawMenu(menu, layout.body, &grid)
  case .commit(let dialogue)?: CommitView(state: state, dialogue: dialogue).draw(layout.body, &grid)
  case .question(let question)?: drawQuestion(state, question, layout.body, &grid)
  case .help(let top)?: drawHelp(top, layout.body, &grid)
  case .palette(let palette)?: drawPalette(state, palette, layout.body, &grid)
  }
}

/// A box in the middle of a region, empty, with a heading; returns what is inside.
func raise(
  _ heading: String, width: Int, lines: Int, _ region: Region, _ grid: inout Grid
) -> Region {
  let box = region.middle(width: width + 6, height: lines + 2)
  grid.fill(box, Style(.plain, on: .raised))
  grid.box(box, title: [(heading, Style(.accent, .bold, on: .raised))], Style(.line, on: .raised))
  let inside = box.inside
  return Region(
    x: inside.x + 2, y: inside.y, width: max(0, inside.width - 4), height: inside.height)
}

/// Draws the ground of a line, as wide as its box, with a sign before the highlighted one.
func drawLine(
  _ y: Int, of inside: Region, isHere: Bool, weight: Attributes = [], sign: Int = 1,
  _ grid: inout Grid
) -> (row: Region, ground: Ground) {
  let row = Region(x: inside.x - 2, y: y, width: inside.width + 4, height: 1)
  guard isHere else { return (row, .raised) }
  grid.fill(row, Style(.plain, weight, on: .cursor))
  grid.draw("▸", row.x + sign, y, Style(.accent, .bold, on: .cursor))
  return (row, .cursor)
}

private func drawMenu(_ menu: Menu, _ region: Region, _ grid: inout Grid) {
  let titles = menu.lines.map(\.title)
  let notes = menu.lines.map(\.note)
  let left = titles.map { columns(of: $0) }.max() ?? 0
  let right = notes.map { columns(of: $0) }.max() ?? 0
  let width = max(left + (right > 0 ? 4 + right : 1), columns(of: menu.heading))
  let inside = raise(menu.heading, width: width, lines: titles.count, region, &grid)
  let first = max(0, min(menu.index - inside.height + 1, titles.count - inside.height))
  for line in 0..<min(inside.height, titles.count) {
    let index = first + line
    let y = inside.y + line
    let isHere = index == menu.index
    let (row, ground) = drawLine(y, of: inside, isHere: isHere, weight: .bold, &grid)
    grid.mark(.line(index), row)
    let style = Style(.plain, isHere ? .bold : [], on: ground)
    grid.draw(titles[index], inside.x + 1, y, style, limit: max(0, inside.width - 1))
    let x = inside.x + 1 + left + 3
    grid.draw(notes[index], x, y, Style(.dim, on: ground), limit: inside.x + inside.width - x)
  }
}

/// Draws an answer with a sign before the highlighted one, so that it does not rest on colour. A
/// click on it is the key that answers so.
@discardableResult
func drawAnswer(
  _ text: String, key: KeyPress, isHere: Bool, isOff: Bool = false, _ x: Int, _ y: Int,
  _ grid: inout Grid
) -> Int {
  let ground: Ground = isHere ? .cursor : .raised
  let role: Role = isOff ? .dim : .plain
  let label = isHere ? "▸ \(text) " : "  \(text) "
  let end = grid.draw(label, x, y, Style(role, isHere ? .bold : [], on: ground))
  grid.mark(.key(key.text), Region(x: x, y: y, width: end - x, height: 1))
  return end
}
