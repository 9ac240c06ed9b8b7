// Moving through the rows of the cursor's concept. A line is a rank in the plan's order; nothing
// is kept of rows that are not on the screen, so a concept of any size moves alike.

import Canvas
import Pruning

/// What the Items screen remembers.
package struct ItemsState: Sendable {
  /// The concept that the cursor belongs to; another one begins at its first row.
  var cluster = -1
  /// The cursor, by ranks.
  var list = ListCursor()
  var page: ItemsPage?
  /// What was last looked for in the captions; empty for nothing.
  var captionSearch = ""

  package init() {}

  package var rank: Int { list.line }
  package var top: Int { list.top }
}

extension State {
  var itemLines: Int { max(0, body.height - 3) }

  /// Begins anew when the concept is another one, and has the cursor on the screen.
  mutating func settleItems() { moveItems { _, _ in } }

  /// Changes the cursor of Items, as far as the concept has rows; its arguments are the cursor and
  /// the number of rows.
  mutating func moveItems(_ change: (inout ListCursor, Int) -> Void) {
    guard let cluster = cursor else { return }
    let (rows, lines) = (subject.scores.size[cluster], itemLines)
    if items.cluster != cluster {
      items.cluster = cluster
      items.list = ListCursor()
    }
    change(&items.list, rows)
    items.list.move(0, of: rows, lines: lines)
  }

  mutating func requestItems() {
    settleItems()
    guard !pagesWait, let cluster = cursor, shownScreen.fits(size) else { return }
    let ranks = items.list.shown(of: subject.scores.size[cluster], lines: itemLines)
    guard !ranks.isEmpty else { return }
    let question = ItemsQuestion(
      cluster: cluster, order: plan.order, seed: plan.selectionSeed, ranks: ranks)
    guard items.page?.question != question, running(ItemsQuestion.self) != question else { return }
    start(question)
  }

  func isKept(rank: Int, of cluster: Int) -> Bool {
    let (rows, quota) = (subject.scores.size[cluster], quotas.quota[cluster])
    guard plan.order == .stratified else { return rank < quota }
    func kept(_ position: Int) -> Int {
      Selection.stratifiedCount(before: position, of: rows, quota: quota)
    }
    return kept(rank + 1) > kept(rank)
  }

  /// Goes to a rank, which then stands in the middle of the screen.
  mutating func goTo(rank: Int) {
    let lines = itemLines
    moveItems { list, _ in list = ListCursor(line: rank, top: rank - lines / 2) }
  }

  mutating func goToCut() {
    guard let cluster = cursor else { return }
    goTo(rank: quotas.quota[cluster] - 1)
  }

  /// The rank that a text asks for: `0` is the first row, `50%` the middle.
  func rank(_ text: String) -> Int? {
    guard let cluster = cursor else { return nil }
    let rows = subject.scores.size[cluster]
    guard rows > 0 else { return nil }
    if text.hasSuffix("%") {
      guard let part = ExactDecimal(text.dropLast())?.hundredth, part <= .one else { return nil }
      return min(rows - 1, part.floor(times: rows))
    }
    guard let number = try? Wish.minimum(text), number < rows else { return nil }
    return number
  }
}

extension Prompt {
  /// The rank of a row of the cursor's concept, to go to.
  static let rank = Prompt(label: "rank") { state, text in
    guard !text.isEmpty else { return (ranks(state), .dim) }
    guard let rank = state.rank(text) else { return ("not a rank of this concept yet", .dim) }
    return ("= rank \(thousands(rank)); 0 is taken first", .kept)
  } accepted: { state, text in
    guard let rank = state.rank(text) else {
      return state.warn("rank: expected \(ranks(state)), found \"\(visible(text))\"")
    }
    state.overlay = nil
    state.goTo(rank: rank)
  }

  private static func ranks(_ state: State) -> String {
    let rows = state.cursor.map { state.subject.scores.size[$0] } ?? 0
    return "0 to \(thousands(max(0, rows - 1))), or a percentage: 500, 12k, 50%"
  }
}
