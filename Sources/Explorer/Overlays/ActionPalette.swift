// The palette: every action that can be reached from the screen below it, found by typing a part
// of its name, its help or its id. It acts as the action's own key would.

import Canvas

/// What was typed, and the highlighted line.
struct ActionPalette: Sendable, Equatable {
  var query = ""
  var index = 0

  /// The actions of a context that fit the query, the best first.
  ///
  /// Every word has to fit: as the beginning of a word, inside one, or, in names, letter by letter.
  /// The table's order parts equals.
  /// - Complexity: O(actions * length of their texts).
  func matches(in context: Context) -> [Action] {
    let words = query.lowercased().split(separator: " ").map { Array($0.unicodeScalars) }
    let found: [(rank: Int, place: Int, action: Action)] = Actions.all.enumerated().compactMap {
      place, action in
      guard action.contexts.contains(context), action.id != "palette" else { return nil }
      let texts = [action.label, action.id, action.help].map {
        Array($0.lowercased().unicodeScalars)
      }
      // The whole of its help is the action itself, whatever else has those words.
      if action.help == query { return (-1, place, action) }
      var sum = 0
      for word in words {
        let ranks = texts.enumerated().compactMap { index, text in
          closeness(word, text, byLetters: index < 2).map { 3 * $0 + index }
        }
        guard let best = ranks.min() else { return nil }
        sum += best
      }
      return (sum, place, action)
    }
    return found.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.action)
  }
}

/// How well a word fits a text: 0 as its beginning, 1 as the beginning of a word, 2 inside one,
/// 3 letter by letter, if that counts; nil not at all.
private func closeness(
  _ word: [Unicode.Scalar], _ text: [Unicode.Scalar], byLetters: Bool
) -> Int? {
  var best: Int?
  for start in 0...max(0, text.count - word.count) where text[start...].starts(with: word) {
    let isStart = start == 0 || !text[start - 1].properties.isAlphabetic
    best = min(best ?? 2, start == 0 ? 0 : isStart ? 1 : 2)
  }
  if let best { return best }
  guard byLetters else { return nil }
  var rest = word[...]
  for scalar in text where scalar == rest.first { rest.removeFirst() }
  return rest.isEmpty ? 3 : nil
}

extension State {
  mutating func movePalette(_ step: Int) {
    guard case .palette(var palette)? = overlay else { return }
    let count = palette.matches(in: screen).count
    guard count > 0 else { return }
    // One step goes round; a longer one stops at the end.
    palette.index =
      abs(step) == 1
      ? (palette.index + step + count) % count : min(max(0, palette.index + step), count - 1)
    overlay = .palette(palette)
  }

  /// Does the highlighted action, or says why not and stays.
  mutating func acceptPalette() {
    guard case .palette(let palette)? = overlay else { return }
    let matches = palette.matches(in: screen)
    guard matches.indices.contains(palette.index) else {
      return warn("no action matches \"\(palette.query)\"")
    }
    let action = matches[palette.index]
    if case .no(let reason) = action.isAvailable(self) { return warn(reason) }
    overlay = nil
    action.effect(&self)
  }
}

/// Draws the palette over the screen's region: the line to type into, and the actions that fit.
/// What cannot be done now is dim, with the reason behind it.
func drawPalette(
  _ state: State, _ palette: ActionPalette, _ region: Region, _ grid: inout Grid
) {
  let matches = palette.matches(in: state.screen)
  let most = ActionPalette().matches(in: state.screen).count
  let inside = raise(
    "Actions", width: min(104, region.width - 10), lines: min(most + 2, region.height - 2), region,
    &grid)
  drawQuery(palette.query, count: matches.count, inside, &grid)
  let room = max(0, inside.height - 2)
  if matches.isEmpty {
    grid.draw("no action has that name", inside.x, inside.y + 2, Style(.dim, on: .raised))
  }
  let first = max(0, min(palette.index - room / 2, matches.count - room))
  for line in 0..<min(room, matches.count) {
    let index = first + line
    let isHere = index == palette.index
    let (row, ground) = drawLine(
      inside.y + 2 + line, of: inside, isHere: isHere, weight: .bold, sign: 0, &grid)
    grid.mark(.line(index), row)
    drawAction(matches[index], state, isHere: isHere, row, ground, &grid)
  }
}

private func drawQuery(_ query: String, count: Int, _ inside: Region, _ grid: inout Grid) {
  var x = grid.draw(": ", inside.x, inside.y, Style(.accent, .bold, on: .raised))
  x = grid.draw(
    query, x, inside.y, Style(.plain, .bold, on: .raised), limit: max(0, inside.width - 16))
  x = grid.draw(" ", x, inside.y, Style(.plain, .reverse, on: .raised))
  if query.isEmpty {
    grid.draw("type part of its name", x + 1, inside.y, Style(.dim, on: .raised))
  }
  grid.drawRight(
    "\(count)", endingAt: inside.x + inside.width, inside.y, Style(.dim, on: .raised))
}

private func drawAction(
  _ action: Action, _ state: State, isHere: Bool, _ row: Region, _ ground: Ground,
  _ grid: inout Grid
) {
  let weight: Attributes = isHere ? .bold : []
  let keysEnd = row.x + 10
  let end = row.x + row.width - 1
  var reason: String?
  if case .no(let text) = action.isAvailable(state) { reason = text }
  let isOff = reason != nil
  grid.drawRight(
    fit(action.keys.prefix(2).map(\.sign).joined(separator: " "), 8), endingAt: keysEnd, row.y,
    isOff ? Style(.dim, weight, on: ground) : Style(.accent, .bold, on: ground))
  let style = Style(isOff ? .dim : .plain, weight, on: ground)
  let x = grid.draw(action.help, keysEnd + 2, row.y, style, limit: end - keysEnd - 2)
  guard let reason else { return }
  // A line too short for both says why under the cursor, and what elsewhere.
  let text = "not now: \(reason)"
  if x + 3 + columns(of: text) <= end {
    grid.draw(text, max(x + 3, min(keysEnd + 46, end - columns(of: text))), row.y, style)
  } else if isHere {
    grid.fill(
      Region(x: keysEnd + 2, y: row.y, width: end - keysEnd - 2, height: 1),
      Style(.plain, weight, on: ground))
    grid.draw(text, keysEnd + 2, row.y, style, limit: end - keysEnd - 2)
  } else if x + 5 < end {
    grid.draw(text, x + 3, row.y, style, limit: end - x - 3)
  }
}
