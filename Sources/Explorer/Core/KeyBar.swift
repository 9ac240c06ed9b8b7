// The last line: the keys that are worth knowing here, from the action table. Keys stand out,
// words do not; what cannot be done now is dim.

import Canvas

extension Actions {
  /// The key that the bar shows as `sign`, if it does something in `context`.
  fileprivate static func key(named sign: Substring, in context: Context) -> KeyPress? {
    bySign[context]?[sign]
  }

  private static let bySign: [Context: [Substring: KeyPress]] = Dictionary(
    uniqueKeysWithValues: Context.allCases.map { context in
      let keys = all.filter { $0.contexts.contains(context) }.flatMap(\.keys)
      return (context, Dictionary(keys.map { ($0.sign[...], $0) }) { first, _ in first })
    })
}

/// Draws the key bar of the current context into row `y`.
///
/// Of the entries that do not fit, those with the largest rank leave.
/// - Complexity: O(actions).
func drawKeyBar(_ state: State, y: Int, _ grid: inout Grid) {
  struct Entry {
    let keys: String
    let action: Action
    var width: Int { columns(of: keys) + 1 + columns(of: action.label) }
  }
  let entries = Actions.all
    .filter { $0.barRank != nil && $0.contexts.contains(state.context) }
    .map { Entry(keys: $0.barKeys ?? $0.keys[0].sign, action: $0) }
  let gap = grid.width < 80 ? 2 : 3
  var room = grid.width - 2
  var chosen: Set<String> = []
  for entry in entries.sorted(by: { $0.action.barRank! < $1.action.barRank! }) {
    let more = entry.width + (chosen.isEmpty ? 0 : gap)
    guard more <= room else { break }
    chosen.insert(entry.action.id)
    room -= more
  }
  var x = 1
  for entry in entries where chosen.contains(entry.action.id) {
    let isOn = entry.action.isAvailable(state) == .yes
    let start = x
    x = grid.draw(entry.keys, x, y, isOn ? Style(.accent, .bold) : .dim)
    x = grid.draw(" " + entry.action.label, x, y, isOn ? .plain : .dim)
    grid.mark(
      .key(entry.action.keys[0].text), Region(x: start, y: y, width: x - start, height: 1))
    x += gap
    // Where several keys share an entry, each does its own.
    var place = start
    for sign in entry.keys.split(separator: " ") {
      let width = columns(of: String(sign))
      if let key = Actions.key(named: sign, in: state.context) {
        grid.mark(.key(key.text), Region(x: place, y: y, width: width, height: 1))
      }
      place += width + 1
    }
  }
}
