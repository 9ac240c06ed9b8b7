// The rows that Detail shows of a concept: those that are kept first, both sides of the cut, and
// those that go last. Kept and pruned are told by sign, by colour and by heading.

import Canvas
import Pruning

extension DetailView {
  func drawRows(_ grid: inout Grid) {
    let region = layout.rows
    guard region.height > 0 else { return }
    guard let page else {
      grid.draw("rows …", region.x, region.y, .dim)
      return
    }
    let lines = page.question.order.hasCutDistance ? cutLines(page) : spreadLines(page)
    for (index, line) in lines.prefix(region.height).enumerated() {
      draw(line, region.x, region.y + index, region.width, &grid)
    }
  }

  private enum Line {
    case heading(String, Role)
    case row(RowLine, isKept: Bool)
    case words(String)
    case cut(Float?)
    case gap, blank
  }

  /// Rows of an order with a cut, by rank.
  private func cutLines(_ page: DetailPage) -> [Line] {
    let room = layout.rows.height
    let kept = page.kept.map { Line.row($0, isKept: true) }
    let before = page.beforeCut.map { Line.row($0, isKept: true) }
    let after = page.afterCut.map { Line.row($0, isKept: false) }
    let pruned = page.pruned.map { Line.row($0, isKept: false) }
    if room < 8 {
      // One of each, the two at the cut above all.
      let first = room >= 4 ? Array(kept.prefix(1)) : []
      let last = room >= 3 ? Array(pruned.prefix(1)) : []
      let line = room >= 5 && !before.isEmpty && !after.isEmpty ? [Line.cut(page.cut)] : []
      return first + before.suffix(1) + line + after.prefix(1) + last
    }
    let isHardest = page.question.order == .hardest
    var lines: [Line] = [.heading("kept, \(isHardest ? "farthest" : "nearest") first", .kept)]
    if before.isEmpty { lines.append(.words("no row")) }
    lines += kept
    if let last = page.kept.last, let next = page.beforeCut.first, next.rank > last.rank + 1 {
      lines.append(.gap)
    }
    lines += before
    if !before.isEmpty, !after.isEmpty { lines.append(.cut(page.cut)) }
    if before.isEmpty || after.isEmpty {
      lines.append(.heading("pruned", .pruned))
      if after.isEmpty { lines.append(.words("no row")) }
    }
    lines += after
    if !pruned.isEmpty, lines.count + pruned.count + 2 <= room { lines.append(.blank) }
    if !pruned.isEmpty {
      lines.append(.heading("pruned, the \(isHardest ? "most typical" : "farthest")", .pruned))
    }
    return lines + pruned
  }

  /// Rows of an order without a cut.
  private func spreadLines(_ page: DetailPage) -> [Line] {
    let kept = page.kept.map { Line.row($0, isKept: true) }
    let pruned = page.pruned.map { Line.row($0, isKept: false) }
    guard layout.rows.height >= 5 else { return kept + pruned }
    return [.heading("kept, over all distances", .kept)]
      + (kept.isEmpty ? [.words("no row")] : kept)
      + [.blank, .heading("pruned, the most typical", .pruned)]
      + (pruned.isEmpty ? [.words("no row")] : pruned)
  }

  private func draw(_ line: Line, _ x: Int, _ y: Int, _ width: Int, _ grid: inout Grid) {
    switch line {
    case .heading(let text, let role): grid.draw(text, x, y, Style(role), limit: width)
    case .words(let text): grid.draw(text, x + 1, y, .dim, limit: width)
    case .gap: grid.draw("…", x + 1, y, .line)
    case .blank: break
    case .cut(let distance):
      let text = distance.map { " cut \(fixed(Double($0), 3)) " } ?? " cut "
      let side = max(2, (width - columns(of: text)) / 2)
      let end = grid.draw(String(repeating: "┄", count: side), x, y, .line)
      let next = grid.draw(text, end, y, .dim)
      grid.draw(String(repeating: "┄", count: max(0, x + width - next)), next, y, .line)
    case .row(let row, let isKept):
      grid.draw(isKept ? "✓" : "×", x + 1, y, Style(isKept ? .kept : .pruned))
      grid.draw(fixed(Double(row.distance), 3), x + 3, y, .dim)
      grid.draw(
        row.caption ?? row.rowKey, x + 9, y, isKept ? .plain : .dim, limit: max(0, width - 9))
    }
  }
}
