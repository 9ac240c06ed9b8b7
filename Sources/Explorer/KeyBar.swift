// The last line: the keys that are worth knowing here, from the action table. Keys stand out,
// words do not; what cannot be done now is dim.

import Canvas

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
    x = grid.draw(entry.keys, x, y, isOn ? Style(.accent, .bold) : .dim)
    x = grid.draw(" " + entry.action.label, x, y, isOn ? .plain : .dim) + gap
  }
}
