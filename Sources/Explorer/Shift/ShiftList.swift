// The lists of Shift: concepts with what they kept before and keep now, the totals, and a line a
// scenario.

import Canvas
import Pruning

/// The concepts, those that change most first.
struct ShiftList {
  let state: State
  let table: ShiftTable
  let region: Region

  func draw(_ grid: inout Grid) {
    let number = max(5, columns(of: thousands(state.largestSize)))
    let index = max(3, columns(of: "\(max(0, state.subject.clusters - 1))"))
    let gap = region.width < 66 ? 1 : 2
    let keep = region.x + region.width - 1
    let change = keep - 6 - gap
    let after = change - 6 - gap
    let before = after - number - 3
    let name = region.x + 1 + index + 2
    let nameWidth = max(4, before - number - gap - name)
    grid.drawRight("#", endingAt: region.x + 1 + index, region.y, .dim)
    grid.draw("concept", name, region.y, .dim)
    grid.drawRight("before", endingAt: before, region.y, .dim)
    grid.drawRight("after", endingAt: after, region.y, .dim)
    grid.drawRight("Δ", endingAt: change, region.y, .dim)
    grid.drawRight("keep", endingAt: keep - 1, region.y, .dim)
    let order = table.order
    grid.list(
      state.shiftList, of: order.count, region.below(1), hasCursor: state.shiftLine != nil
    ) { line, y, grid in
      let cluster = order[line]
      let old = table.comparison.old.quota[cluster]
      let new = state.quotas.quota[cluster]
      let size = state.subject.scores.size[cluster]
      grid.drawRight("\(cluster)", endingAt: region.x + 1 + index, y, .dim)
      grid.drawName(of: cluster, state, name, y, new == 0 ? .dim : .plain, limit: nameWidth)
      grid.drawRight(thousands(old), endingAt: before, y, .dim, limit: number)
      grid.draw("→", before + 1, y, .line)
      grid.drawRight(thousands(new), endingAt: after, y, limit: number)
      let difference = new - old
      grid.drawRight(
        difference == 0 ? "=" : (difference > 0 ? "▲" : "▼") + compact(abs(difference)),
        endingAt: change, y, Style(difference == 0 ? .dim : difference > 0 ? .gained : .cut))
      let isFull = new == size
      let part =
        isFull ? "100%" : new == 0 ? "0%" : percent(state.keepFraction(of: cluster), 1) + "%"
      grid.drawRight(part, endingAt: keep - 1, y, Style(new == 0 ? .pruned : .plain))
      if isFull { grid.draw("●", keep - 1, y, Style(.saturated)) }
    }
  }
}

/// What changes in all.
struct ShiftTotals {
  let state: State
  let table: ShiftTable

  private var comparison: Comparison { table.comparison }
  private var same: Int {
    table.total.concepts - comparison.counts.gained - comparison.counts.cut
  }

  /// Draws them as a table.
  func draw(_ region: Region, _ grid: inout Grid) {
    let overlap = state.overlap(comparison)
    let counts = comparison.counts
    var y = region.y
    func line(_ name: String, _ words: (String, Style)...) {
      guard y < region.y + region.height else { return }
      grid.draw(name, region.x + 1, y, .dim)
      grid.draw(words, region.x + 11, y, before: region.x + region.width)
      y += 1
    }
    line(
      "kept", (thousands(overlap.before), .dim), (" → ", .line),
      (thousands(overlap.after), .bold))
    line("enter", ("▲ " + range(overlap.least.entering, overlap.most.entering), Style(.gained)))
    line("leave", ("▼ " + range(overlap.least.leaving, overlap.most.leaving), Style(.cut)))
    let sign = overlap.isExact ? "" : "≥ "
    line(
      "in both", (sign + thousands(overlap.both), Style(.kept)),
      ("  " + sign + percent(overlap.part, 1) + " %", .bold),
      ("  J " + sign + fixed(overlap.jaccard, 3), .dim))
    line(
      "concepts", ("▲ \(thousands(counts.gained))", Style(.gained)),
      ("   ▼ \(thousands(counts.cut))", Style(.cut)), ("   = \(thousands(same))", .dim))
    line(
      "saturated", ("● \(thousands(table.total.saturatedBefore))", .dim), (" → ", .line),
      (thousands(table.total.saturated), Style(.saturated)))
    if let note = note(overlap) { line("", (note, .dim)) }
    y += 1
    if state.scenarios.allSatisfy({ $0 == nil }) {
      line("scenarios", ("' 1 stores this plan", .dim))
    }
  }

  /// Draws them in two lines.
  func drawShort(_ region: Region, _ grid: inout Grid) {
    guard region.height >= 2 else { return }
    let overlap = state.overlap(comparison)
    let counts = comparison.counts
    let isNarrow = region.width < 72
    let (before, after) = (table.total.saturatedBefore, table.total.saturated)
    let concepts: [(String, Style)] = [
      (isNarrow ? "" : "concepts  ", .dim), ("▲ \(thousands(counts.gained))", Style(.gained)),
      ("  ▼ \(thousands(counts.cut))", Style(.cut)), ("  = \(thousands(same))", .dim),
      ("   ● \(thousands(before)) → \(thousands(after))", Style(.saturated)),
      (" saturated", .dim),
    ]
    grid.draw(concepts, region.x + 1, region.y)
    let sign = overlap.isExact ? "" : "≥"
    let (enter, leave) = (thousands(overlap.least.entering), thousands(overlap.least.leaving))
    let rows: [(String, Style)] = [
      (isNarrow ? "" : "rows      ", .dim), ("▲ \(sign)\(enter)", Style(.gained)),
      (isNarrow ? " in" : " enter", .dim), ("  ▼ \(sign)\(leave)", Style(.cut)),
      (isNarrow ? " out" : " leave", .dim), ("  \(sign)\(percent(overlap.part, 1)) %", .bold),
      (" in both", .dim),
    ]
    let x = grid.draw(rows, region.x + 1, region.y + 1)
    if let note = note(overlap, isShort: true) {
      let room = region.x + region.width - x - 3
      if columns(of: note) <= room { grid.draw(note, x + 2, region.y + 1, .dim) }
    }
  }

  /// `1,234`, or the bounds of what is not counted yet.
  private func range(_ least: Int, _ most: Int) -> String {
    least == most ? thousands(least) : "≥ \(thousands(least))  ≤ \(thousands(most))"
  }

  /// Why the figures are bounds.
  private func note(_ overlap: Overlap, isShort: Bool = false) -> String? {
    guard !overlap.isExact else { return nil }
    if state.running(TurnoverQuestion.self) == comparison.question {
      let progress = state.running[TurnoverQuestion.kind]?.progress
      let part = percent(progress ?? 0, 0) + " %"
      return isShort ? "counting \(part)" : "counting the rows … \(part)"
    }
    return isShort ? "bounds" : "bounds: the rows were not counted"
  }
}

/// A line for each stored scenario.
struct ShiftScenarios {
  let state: State
  let table: ShiftTable
  let region: Region

  func draw(_ grid: inout Grid) {
    var y = region.y + 1
    for (index, comparison) in table.scenarios.enumerated() {
      guard let comparison, y < region.y + region.height else { continue }
      drawLine(index + 1, comparison, y, &grid)
      y += 1
    }
  }

  private func drawLine(_ number: Int, _ comparison: Comparison, _ y: Int, _ grid: inout Grid) {
    let overlap = state.overlap(comparison)
    let counts = comparison.counts
    let sign = overlap.isExact ? "" : "≥"
    let right: [(String, Style)] =
      comparison.old.plan == state.plan
      ? [("= this plan", Style(.kept))]
      : [
        ("▲ \(thousands(counts.gained))", Style(.gained)),
        ("  ▼ \(thousands(counts.cut))", Style(.cut)),
        ("  \(sign)\(percent(overlap.part, 1)) % in both", .bold),
      ]
    let width = right.reduce(0) { $0 + columns(of: $1.0) }
    let end = region.x + region.width - 1
    if state.shift.before == number { grid.draw("▸", region.x, y, .accent) }
    var x = grid.draw("\(number)", region.x + 1, y, Style(.accent, .bold)) + 2
    for words in state.summary(of: comparison.old.plan) {
      guard x + columns(of: words) + 2 <= end - width else { break }
      x = grid.draw(words, x, y) + 2
    }
    grid.draw(right, end - width, y)
  }
}
