// Where a screen is in a list: the line under the cursor, and the first line that is shown. Every
// screen that lists something moves, scrolls and draws through this one type.

import Canvas

/// A cursor in a list of lines.
package struct ListCursor: Sendable, Equatable {
  /// The line under the cursor, from 0.
  package var line = 0
  /// The first line on the screen.
  package var top = 0

  /// Moves by `step` lines, as far as there are any; `Int.max` is to the last one.
  mutating func move(_ step: Int, of count: Int) {
    let (sum, overflow) = line.addingReportingOverflow(step)
    line = max(0, min(overflow ? (step > 0 ? Int.max : 0) : sum, count - 1))
  }

  /// The same, and has the cursor in the `lines` lines that are shown.
  mutating func move(_ step: Int, of count: Int, lines: Int) {
    move(step, of: count)
    top = shown(of: count, lines: lines).lowerBound
  }

  /// Moves what is shown; the cursor stays on its line while that is on the screen.
  mutating func scroll(_ step: Int, of count: Int, lines: Int) {
    let lines = max(1, lines)
    let first = min(max(0, top + step), max(0, count - lines))
    guard first != top else { return move(step, of: count) }
    top = first
    line = min(max(line, first), min(first + lines, count) - 1)
  }

  /// The lines that are on the screen: as far from the last time as is needed to have the cursor
  /// among them, and to leave none empty.
  func shown(of count: Int, lines: Int) -> Range<Int> {
    let room = max(1, lines)
    let first = max(0, min(max(min(top, line), line - room + 1), count - room))
    return first..<max(first, min(count, first + lines))
  }

  /// The line that is shown at row `y` of the screen, if a list in `region` has one there.
  func line(at spot: Spot, of count: Int, in region: Region) -> Int? {
    guard region.contains(spot) else { return nil }
    return shown(of: count, lines: region.height).lowerBound + spot.y - region.y
  }
}

extension Region {
  /// Without its first `count` rows, which are titles.
  func below(_ count: Int) -> Region {
    Region(x: x, y: y + count, width: width, height: max(0, height - count))
  }

  func row(_ y: Int) -> Region { Region(x: x, y: y, width: width, height: 1) }
}

extension CaseIterable where Self: Equatable {
  /// The case after this one; after the last the first.
  var next: Self {
    let all = Array(Self.allCases)
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}

/// Words of a title, parted by lines.
func parted(_ words: (String, Style)...) -> [(String, Style)] {
  Array(words.map { [$0] }.joined(separator: [(" ─ ", .line)]))
}

extension Grid {
  /// Draws words one after the other, each in its style, and returns the column after them.
  @discardableResult
  mutating func draw(_ words: [(String, Style)], _ x: Int, _ y: Int, before end: Int? = nil) -> Int
  {
    var x = x
    for (text, style) in words { x = draw(text, x, y, style, limit: end.map { max(0, $0 - x) }) }
    return x
  }

  /// Draws the lines of a list that a region has room for; the cursor's stands out.
  ///
  /// - Parameters:
  ///   - hasCursor: false when no line is under the cursor.
  ///   - draw: draws a line into a row.
  mutating func list(
    _ cursor: ListCursor, of count: Int, _ region: Region, hasCursor: Bool = true,
    draw line: (_ line: Int, _ y: Int, inout Grid) -> Void
  ) {
    let shown = cursor.shown(of: count, lines: region.height)
    for index in shown {
      let y = region.y + index - shown.lowerBound
      let isCursor = hasCursor && index == cursor.line
      if isCursor { draw("▸", region.x, y, .accent) }
      line(index, y, &self)
      if isCursor { lay(.cursor, region.row(y), adding: .bold) }
    }
  }
}
