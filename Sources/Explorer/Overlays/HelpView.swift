// The help: the action table, group by group, in one or two columns.

import Canvas

enum HelpLine {
  case heading(String)
  case entry(keys: String, text: String)
  case blank

  fileprivate func draw(_ x: Int, _ y: Int, width: Int, _ grid: inout Grid) {
    switch self {
    case .heading(let title):
      grid.draw(title, x, y, Style(.plain, .bold, on: .raised), limit: width)
    case .entry(let keys, let text):
      grid.drawRight(keys, endingAt: x + 14, y, Style(.accent, .bold, on: .raised), limit: 14)
      grid.draw(text, x + 16, y, Style(.plain, on: .raised), limit: width - 16)
    case .blank: break
    }
  }
}

/// The help at a width, line by line: one entry a line, or two beside each other.
/// - Complexity: O(actions).
func helpLines(width: Int) -> [[HelpLine]] {
  let groups: [[HelpLine]] = ActionGroup.allCases.compactMap { group in
    let actions = Actions.all.filter { $0.group == group }
    guard !actions.isEmpty else { return nil }
    return [.heading(group.rawValue)]
      + actions.map {
        .entry(keys: $0.keys.map(\.sign).joined(separator: " "), text: $0.help)
      } + [.blank]
  }
  guard width >= 116 else { return groups.flatMap { $0 }.map { [$0] } }
  // Groups stay whole; the left column takes them until it is the longer one.
  let total = groups.reduce(0) { $0 + $1.count }
  var left: [HelpLine] = []
  var right: [HelpLine] = []
  for group in groups {
    if right.isEmpty, left.count + group.count / 2 <= total / 2 {
      left += group
    } else {
      right += group
    }
  }
  return (0..<max(left.count, right.count)).map { line in
    [line < left.count ? left[line] : .blank, line < right.count ? right[line] : .blank]
  }
}

/// Draws the help over the screen's region, from line `top` on.
func drawHelp(_ top: Int, _ region: Region, _ grid: inout Grid) {
  let lines = helpLines(width: grid.width)
  let room = max(1, region.height - 2)
  let box = Region(
    x: region.x, y: region.y, width: region.width, height: min(lines.count, room) + 2)
  grid.fill(box, Style(.plain, on: .raised))
  grid.box(
    box, title: [("Keys", Style(.accent, .bold, on: .raised))], Style(.line, on: .raised))
  let first = max(0, min(top, lines.count - room))
  let inside = box.inside
  for line in 0..<min(room, lines.count) {
    let pair = lines[first + line]
    let width = (inside.width - 2) / pair.count
    for (column, entry) in pair.enumerated() {
      entry.draw(inside.x + 1 + column * width, inside.y + line, width: width - 1, &grid)
    }
  }
  if lines.count > room {
    let place = " lines \(first + 1) to \(min(first + room, lines.count)) of \(lines.count) "
    grid.drawRight(
      place, endingAt: box.x + box.width - 2, box.y + box.height - 1, Style(.dim, on: .raised))
  }
}
