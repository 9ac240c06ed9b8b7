// Text with what was looked for in it.

import Canvas
import TextSearch

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
