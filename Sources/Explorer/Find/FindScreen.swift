// The Find screen: rows of the whole data set that a search has found, with the concept that each
// is in and whether the plan keeps it.

import Canvas
import TextSearch

extension Context {
  public static let find = Context("find", title: "Find")
}

struct FindScreen: Screen {
  let context = Context.find
  let key: KeyPress = "F"
  let golden = "f\n:type bride\nEnter j F"
  var actions: [Action] { Actions.find }

  func prepare(_ state: inout State) { state.requestWhereabouts() }

  func move(_ state: inout State, _ step: Int) {
    let lines = page(state)
    let count = state.finding.hits.count
    state.finding.list.move(step, of: count, lines: lines)
  }

  /// The borders and the titles take three.
  func page(_ state: State) -> Int { max(0, state.body.height - 3) }

  func click(_ state: inout State, _ region: Region, _ spot: Spot) {
    let list = state.finding.list
    let count = state.finding.hits.count
    if let line = list.line(at: spot, of: count, in: region.inside.below(1)) {
      move(&state, line - list.line)
    }
  }

  func copyable(_ state: State) -> String? { state.hit?.rowKey }

  func draw(_ state: State, _ region: Region, _ grid: inout Grid) {
    let finding = state.finding
    let title = ("Find", Style.bold)
    if finding.isAsked {
      let text = fit("\"\(visible(finding.text))\"", max(8, region.width / 3))
      let count = "\(thousands(finding.hits.count)) found"
      grid.box(region, title: parted(title, (text, .plain), (count, .plain)))
      drawProgress(state, region, &grid)
    } else {
      grid.box(region, title: [title])
    }
    let inside = region.inside
    guard !finding.hits.isEmpty else {
      let words =
        !finding.isAsked
        ? "f finds a key, or words of a caption, in the whole data set"
        : state.running(FindQuestion.self) != nil ? "searching …" : "nothing found"
      grid.draw(words, inside.x + 1, inside.y, .dim, limit: inside.width - 2)
      return
    }
    let lines = region.inside.below(1)
    let columns = FindColumns(state, inside, lines: lines.height)
    columns.drawTitles(&grid)
    grid.list(finding.list, of: finding.hits.count, lines) { line, y, grid in
      columns.draw(finding.hits[line], y, &grid)
    }
  }

  private func drawProgress(_ state: State, _ region: Region, _ grid: inout Grid) {
    let finding = state.finding
    let bottom = region.y + region.height - 1
    let part = percent(finding.part, 0) + " %"
    let words: String
    if state.running(FindQuestion.self) != nil {
      words = " \(part) of the captions · Ctrl-C stops "
    } else if finding.next != nil {
      words =
        finding.hits.count >= FindState.most
        ? " enough found at \(part) · > continues " : " stopped at \(part) · > continues "
    } else {
      words = " all searched "
    }
    grid.drawRight(
      fit(words, region.width - 4), endingAt: region.x + region.width - 2, bottom, .dim)
  }
}

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
    let finding = state.finding
    let shown = finding.hits[finding.list.shown(of: finding.hits.count, lines: lines)]
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

  func draw(_ hit: FoundRow, _ y: Int, _ grid: inout Grid) {
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
