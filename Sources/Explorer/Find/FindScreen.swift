// The Find screen: rows of the whole data set that a search has found, with the concept that each
// is in and whether the plan keeps it.

import Canvas
import Pruning
import Workspace

enum FindScreen {
  static let entry = Screen(
    id: .find, key: "F", title: "Find", smallest: Size(width: 60, height: 16),
    panes: ["Rows that were found"], golden: "f\n:type bride\nEnter j F", draw: draw,
    move: { $0.moveFinding($1) }, page: { max(1, lines(Layout($0, $0.size).body)) },
    click: { state, region, spot in
      let line = state.finding.top + spot.y - region.y - 2
      guard spot.y >= region.y + 2, spot.y < region.y + 2 + lines(region) else { return }
      state.moveFinding(line - state.finding.line)
    })

  /// The lines of the list.
  static func lines(_ region: Region) -> Int { max(0, region.height - 3) }

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, region, grid in
    let finding = state.finding
    var title: [(String, Style)] = [("Find", .bold)]
    if finding.isAsked {
      title += [
        (" ─ ", .line), (fit("\"\(visible(finding.text))\"", max(8, region.width / 3)), .plain),
        (" ─ ", .line), ("\(thousands(finding.hits.count)) found", .plain),
      ]
    }
    grid.box(region, title: title)
    let inside = region.inside
    if finding.isAsked { drawProgress(state, region, &grid) }
    guard !finding.hits.isEmpty else {
      let words =
        !finding.isAsked
        ? "f looks for a key or for words of a caption in the whole data set"
        : state.running[.find] != nil ? "searching …" : "nothing was found"
      grid.draw(words, inside.x + 1, inside.y, .dim, limit: inside.width - 2)
      return
    }
    let columns = FindColumns(state, inside, lines: lines(region))
    columns.drawTitles(&grid)
    for line in 0..<max(0, min(lines(region), finding.hits.count - finding.top)) {
      columns.draw(
        finding.hits[finding.top + line], inside.y + 1 + line,
        isCursor: finding.top + line == finding.line, &grid)
    }
  }

  private static func drawProgress(_ state: State, _ region: Region, _ grid: inout Grid) {
    let finding = state.finding
    let bottom = region.y + region.height - 1
    let part = percent(finding.part, 0) + " %"
    let words: String
    if state.running[.find] != nil {
      words = " \(part) of the captions · Ctrl-C stops "
    } else if finding.next != nil {
      words =
        finding.hits.count >= Finding.most
        ? " enough after \(part) of the captions · > goes on " : " stopped at \(part) · > goes on "
    } else {
      words = " all searched "
    }
    grid.drawRight(
      fit(words, region.width - 4), endingAt: region.x + region.width - 2, bottom, .dim)
  }
}

/// The columns of the list at one width.
private struct FindColumns {
  let state: State
  let region: Region
  private let pattern: TextPattern?
  private let rowKeyWidth: Int
  private let rowWidth: Int

  init(_ state: State, _ region: Region, lines: Int) {
    self.state = state
    self.region = region
    pattern = TextPattern(state.finding.text)
    let shown = state.finding.hits.dropFirst(state.finding.top).prefix(lines)
    let widest = shown.map { columns(of: $0.rowKey) }.max() ?? 3
    rowKeyWidth = min(max(3, widest), max(8, region.width * 3 / 10))
    rowWidth =
      region.width < 78 ? 0 : max(3, columns(of: thousands(max(0, state.subject.rows - 1))))
  }

  private var concept: Int { region.x + 4 + max(7, columns(of: "\(state.subject.clusters)")) }
  private var rank: Int { concept + 2 + max(4, columns(of: thousands(state.largestSize))) }
  private var row: Int { rank + (rowWidth > 0 ? 2 + rowWidth : 0) }
  private var rowKey: Int { row + 2 }
  private var caption: Int { rowKey + rowKeyWidth + 2 }

  func drawTitles(_ grid: inout Grid) {
    grid.drawRight("concept", endingAt: concept, region.y, .dim)
    grid.drawRight("rank", endingAt: rank, region.y, .dim)
    if rowWidth > 0 { grid.drawRight("row", endingAt: row, region.y, .dim) }
    grid.draw("key", rowKey, region.y, .dim, limit: rowKeyWidth)
    grid.draw("caption", caption, region.y, .dim, limit: region.x + region.width - caption)
  }

  func draw(_ hit: FoundRow, _ y: Int, isCursor: Bool, _ grid: inout Grid) {
    var style = Style.plain
    switch hit.whereabouts {
    case .unknown: grid.draw("…", concept - 1, y, .line)
    case .nowhere:
      style = .dim
      grid.draw("–", region.x + 2, y, .line)
      grid.drawRight("none", endingAt: concept, y, .dim)
    case .at(let place):
      let isKept = state.isKept(rank: place.rank, of: place.cluster)
      style = isKept ? .plain : .dim
      grid.draw(isKept ? "✓" : "×", region.x + 2, y, Style(isKept ? .kept : .pruned))
      grid.drawRight("\(place.cluster)", endingAt: concept, y, style)
      grid.drawRight(thousands(place.rank), endingAt: rank, y, .dim)
    }
    if rowWidth > 0 { grid.drawRight(thousands(hit.row), endingAt: row, y, .dim) }
    drawMatching(hit.rowKey, pattern, rowKey, y, style, limit: rowKeyWidth, &grid)
    let room = region.x + region.width - 1 - caption
    if case .nowhere(let reason) = hit.whereabouts {
      grid.draw("(\(reason)) \(hit.caption ?? "")", caption, y, style, limit: room)
    } else if let text = hit.caption {
      drawMatching(text, pattern, caption, y, style, limit: room, &grid)
    }
    if isCursor {
      grid.draw("▸", region.x, y, .accent)
      grid.lay(
        .cursor, Region(x: region.x, y: y, width: region.width, height: 1), adding: .bold)
    }
  }
}

/// Draws text with the first match underlined; where the match would be cut off, the text begins
/// shortly before it.
func drawMatching(
  _ text: String, _ pattern: TextPattern?, _ x: Int, _ y: Int, _ style: Style, limit: Int,
  _ grid: inout Grid
) {
  guard limit > 0, let match = pattern?.firstMatch(in: text) else {
    grid.draw(text, x, y, style, limit: max(0, limit))
    return
  }
  let bytes = Array(text.utf8)
  func piece(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
  let hit = piece(match)
  var before = piece(0..<match.lowerBound)
  let wide = columns(of: hit)
  if columns(of: before) + wide > limit {
    before = ending(of: before, max(0, min(limit / 3, limit - wide)))
  }
  let end = x + limit
  var place = grid.draw(before, x, y, style, limit: limit)
  place = grid.draw(hit, place, y, style.with(.underline), limit: end - place)
  grid.draw(piece(match.upperBound..<bytes.count), place, y, style, limit: end - place)
}
