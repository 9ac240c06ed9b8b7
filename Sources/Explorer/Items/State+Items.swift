// Moving through the rows of the cursor's concept. A place is a rank in the plan's order; nothing
// is kept of rows that are not on the screen, so a concept of any size moves alike.

import Canvas
import Pruning

/// The cursor of the Items screen.
package struct ItemsCursor: Sendable, Equatable {
  /// The concept it belongs to; another one begins at its first row.
  var cluster = -1
  package internal(set) var rank = 0
  /// The rank of the first line on the screen.
  package internal(set) var top = 0
}

extension State {
  /// The lines of rows that the Items screen shows.
  var itemLines: Int { max(0, Layout(self, size).body.height - 3) }

  /// Begins anew when the concept is another one, and has the cursor on the screen.
  mutating func settleItems() {
    guard screen == .items, let cluster = cursor else { return }
    if items.cluster != cluster { items = ItemsCursor(cluster: cluster) }
    let rows = subject.scores.size[cluster]
    items.rank = min(max(0, items.rank), max(0, rows - 1))
    var top = min(items.top, items.rank)
    top = max(top, items.rank - max(1, itemLines) + 1)
    items.top = max(0, min(top, rows - itemLines))
  }

  /// Asks for the rows on the screen.
  mutating func requestItems() {
    settleItems()
    guard screen == .items, !labelsWait, let cluster = cursor else { return }
    let smallest = Screens.entry(.items).smallest
    guard size.width >= smallest.width, size.height >= smallest.height else { return }
    let rows = subject.scores.size[cluster]
    let ranks = items.top..<min(rows, items.top + itemLines)
    guard !ranks.isEmpty else { return }
    let question = ItemsQuestion(
      cluster: cluster, order: plan.order, seed: plan.selectionSeed, ranks: ranks)
    guard itemsPage?.question != question, running[.items]?.request != .items(question) else {
      return
    }
    start(.items(question))
  }

  /// Moves the cursor of Items.
  mutating func moveItems(_ step: Int) {
    settleItems()
    let (sum, overflow) = items.rank.addingReportingOverflow(step)
    items.rank = overflow ? (step > 0 ? Int.max : 0) : sum
    settleItems()
  }

  /// Whether the row of a rank is kept.
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
    settleItems()
    items.rank = rank
    items.top = rank - itemLines / 2
    settleItems()
  }

  /// Goes to the last row that is kept.
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
    guard let number = try? BoundWish.minimum(text), number < rows else { return nil }
    return number
  }
}
