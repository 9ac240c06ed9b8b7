// Prompts, menus, questions and the help, drawn above the screen.

import Canvas
import Pruning

/// Draws what lies above the screen; prompts are drawn with the bottom line.
func drawOverlay(_ state: State, _ layout: Layout, _ grid: inout Grid) {
  switch state.overlay {
  case nil, .prompt?: break
  case .menu(let menu)?: drawMenu(menu, layout.body, &grid)
  case .commit(let dialogue)?: drawCommit(state, dialogue, layout.body, &grid)
  case .quit?: drawQuit(state, layout.body, &grid)
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
    let ground: Ground = isHere ? .cursor : .raised
    let whole = Region(x: inside.x - 2, y: y, width: inside.width + 4, height: 1)
    grid.mark(.line(index), whole)
    if isHere {
      grid.fill(whole, Style(.plain, .bold, on: .cursor))
      grid.draw("▸", inside.x - 1, y, Style(.accent, .bold, on: .cursor))
    }
    let style = Style(.plain, isHere ? .bold : [], on: ground)
    grid.draw(titles[index], inside.x + 1, y, style, limit: max(0, inside.width - 1))
    let x = inside.x + 1 + left + 3
    grid.draw(notes[index], x, y, Style(.dim, on: ground), limit: inside.x + inside.width - x)
  }
}

private func drawCommit(
  _ state: State, _ dialogue: CommitDialogue, _ region: Region, _ grid: inout Grid
) {
  let impact = state.impact
  let part = Double(state.plan.target) / Double(max(1, state.subject.candidates))
  var lines: [(String, String, Role)] = [
    (
      "keep",
      "\(thousands(state.plan.target)) of \(thousands(state.subject.candidates)) rows, "
        + "\(percent(part, 2)) %", .plain
    ),
    (
      "change",
      "▲ \(counted(impact.gained)) +\(thousands(impact.more)) · "
        + "▼ \(counted(impact.cut)) −\(thousands(impact.fewer))", .plain
    ),
    ("against", state.baseline.label, .plain), ("format", dialogue.output.format, .plain),
    ("file", dialogue.output.path, .plain),
  ]
  switch dialogue.existing {
  case nil: lines.append(("there", "looking …", .dim))
  case .free?: lines.append(("there", "nothing yet", .plain))
  case .file(let bytes)?:
    lines.append(("there", "a file of \(thousands(bytes)) bytes, to be replaced", .warning))
  case .blocked(let reason)?: lines.append(("there", reason, .warning))
  }
  let room = max(20, region.width - 6)
  let widest = lines.map { 9 + columns(of: $0.1) }.max() ?? 0
  let width = min(room, max(46, widest))
  var text: [(String, String, Role)] = []
  for (label, value, role) in lines {
    for (index, piece) in wrap(value, max(1, width - 9)).enumerated() {
      text.append((index == 0 ? label : "", piece, role))
    }
  }
  let inside = raise("Commit this plan?", width: width, lines: text.count + 2, region, &grid)
  // Should it be too low for all, the answers stay and the last facts go.
  for (line, entry) in text.prefix(max(0, inside.height - 1)).enumerated() {
    grid.draw(entry.0, inside.x, inside.y + line, Style(.dim, on: .raised))
    grid.draw(entry.1, inside.x + 9, inside.y + line, Style(entry.2, on: .raised))
  }
  let y = inside.y + inside.height - 1
  let isBlocked =
    switch dialogue.existing {
    case .free?, .file?: false
    case .blocked?, nil: true
    }
  let yes =
    dialogue.existing.map { if case .file = $0 { "Yes, replace it" } else { "Yes" } } ?? "Yes"
  var x = drawAnswer("No", key: "n", isHere: !dialogue.isYes, inside.x, y, &grid)
  x = drawAnswer(yes, key: "y", isHere: dialogue.isYes, isOff: isBlocked, x + 2, y, &grid)
}

private func counted(_ concepts: Int) -> String {
  thousands(concepts) + (concepts == 1 ? " concept" : " concepts")
}

private func drawQuit(_ state: State, _ region: Region, _ grid: inout Grid) {
  let facts = [
    "This plan is not committed. Quitting forgets it.",
    "y quits, n stays, c commits first.",
  ]
  let width = facts.map { columns(of: $0) }.max() ?? 0
  let inside = raise("Quit?", width: width, lines: facts.count + 2, region, &grid)
  for (line, fact) in facts.enumerated() {
    grid.draw(
      fact, inside.x, inside.y + line, Style(line == 0 ? .plain : .dim, on: .raised),
      limit: inside.width)
  }
  let y = inside.y + inside.height - 1
  let x = drawAnswer("No, stay", key: "n", isHere: true, inside.x, y, &grid)
  _ = drawAnswer("Yes, quit", key: "y", isHere: false, x + 2, y, &grid)
}

/// Draws an answer with a sign before the highlighted one, so that it does not rest on colour. A
/// click on it is the key that answers so.
private func drawAnswer(
  _ text: String, key: Key, isHere: Bool, isOff: Bool = false, _ x: Int, _ y: Int,
  _ grid: inout Grid
) -> Int {
  let ground: Ground = isHere ? .cursor : .raised
  let role: Role = isOff ? .dim : .plain
  let label = isHere ? "▸ \(text) " : "  \(text) "
  let end = grid.draw(label, x, y, Style(role, isHere ? .bold : [], on: ground))
  grid.mark(.key(key.text), Region(x: x, y: y, width: end - x, height: 1))
  return end
}
