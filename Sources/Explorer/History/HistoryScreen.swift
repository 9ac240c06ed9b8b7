// The History screen: every committed plan, and below the list what the one under the cursor is
// and how it differs from the plan on the screen.

import Canvas
import Pruning
import Workspace

enum HistoryScreen {
  static let entry = Screen(
    id: .history, key: "H", title: "History", smallest: Size(width: 60, height: 16),
    panes: ["Committed plans", "The plan under the cursor"], golden: "H j", draw: draw,
    move: { $0.moveLog($1) }, page: { max(1, lines(Layout($0, $0.size).body)) },
    click: { state, region, spot in
      let line = state.log.top + spot.y - region.y - 2
      guard spot.y >= region.y + 2, spot.y < region.y + 2 + lines(region) else { return }
      state.moveLog(line - state.log.line)
    })

  /// The lines of the detail under the list, its border aside.
  private static func detailLines(_ region: Region) -> Int { min(8, max(3, region.height / 3)) }

  /// The lines of the list.
  static func lines(_ region: Region) -> Int {
    max(0, region.height - 4 - detailLines(region))
  }

  private static let draw: @Sendable (State, Region, inout Grid) -> Void = { state, region, grid in
    let entries = state.log.entries
    var title: [(String, Style)] = [("History", .bold)]
    if let entries { title += [(" ─ ", .line), ("\(entries.count) committed", .plain)] }
    grid.box(region, title: title)
    let inside = region.inside
    guard let entries else {
      grid.draw("reading …", inside.x + 1, inside.y, .dim)
      return
    }
    guard !entries.isEmpty else {
      grid.draw(
        "no plan is committed yet; c commits this one", inside.x + 1, inside.y, .dim,
        limit: inside.width - 2)
      return
    }
    let columns = HistoryColumns(state, entries, inside)
    columns.drawTitles(&grid)
    let count = lines(region)
    for line in 0..<min(count, entries.count - state.log.top) {
      columns.draw(
        entries[state.log.top + line], inside.y + 1 + line,
        isCursor: state.log.top + line == state.log.line, &grid)
    }
    let split = inside.y + 1 + count
    for x in inside.x..<inside.x + inside.width { grid.draw("─", x, split, .line) }
    grid.draw("├", region.x, split, .line)
    grid.draw("┤", region.x + region.width - 1, split, .line)
    guard let entry = state.logEntry else { return }
    drawDetail(
      state, entry,
      Region(
        x: inside.x + 1, y: split + 1, width: max(0, inside.width - 2),
        height: max(0, inside.y + inside.height - split - 1)), &grid)
  }

  private static func drawDetail(
    _ state: State, _ entry: HistoryEntry, _ region: Region, _ grid: inout Grid
  ) {
    var facts: [(label: String, text: String, role: Role)] = []
    if let note = entry.note { facts.append(("note", note, .plain)) }
    if let fault = entry.fault { facts.append(("fault", fault, .warning)) }
    if let plan = entry.plan {
      let changes = state.differences(from: plan, to: state.plan)
      facts.append(
        (
          "to now",
          changes.isEmpty ? "the same as the plan here" : changes.joined(separator: " · "),
          changes.isEmpty ? .dim : .decided
        ))
    }
    for output in entry.outputs {
      facts.append((output.format, "\(output.path)  SHA-256 \(output.digest.prefix(16))", .dim))
    }
    if entry.time == nil { facts.append(("log", "history.jsonl has no line of it", .dim)) }
    var y = region.y
    for fact in facts {
      for (index, piece) in wrap(fact.text, max(1, region.width - 10)).enumerated() {
        guard y < region.y + region.height else { return }
        if index == 0 { grid.draw(fact.label, region.x, y, .dim, limit: 9) }
        grid.draw(piece, region.x + 10, y, Style(fact.role), limit: region.width - 10)
        y += 1
      }
    }
  }
}

/// The columns of the list at one width: what does not fit leaves from the right.
private struct HistoryColumns {
  let state: State
  let region: Region
  private let targetWidth: Int

  init(_ state: State, _ entries: [HistoryEntry], _ region: Region) {
    self.state = state
    self.region = region
    targetWidth = max(6, columns(of: thousands(state.subject.candidates)))
  }

  private var isWide: Bool { region.width >= 100 }
  private var time: Int { region.x + 7 }
  private var target: Int { time + 18 + targetWidth }
  private var keep: Int { target + 9 }
  private var how: Int { keep + 2 }
  private var overrides: Int { how + (isWide ? 32 : 0) }
  private var rest: Int { isWide ? overrides + 7 : keep + 2 }

  func drawTitles(_ grid: inout Grid) {
    grid.drawRight("plan", endingAt: region.x + 5, region.y, .dim)
    grid.draw("time", time, region.y, .dim)
    grid.drawRight("target", endingAt: target, region.y, .dim)
    grid.drawRight("keep", endingAt: keep, region.y, .dim)
    if isWide {
      grid.draw("how", how, region.y, .dim)
      grid.drawRight("fixed", endingAt: overrides + 5, region.y, .dim)
    }
    grid.draw("written, note", rest, region.y, .dim, limit: region.x + region.width - rest)
  }

  func draw(_ entry: HistoryEntry, _ y: Int, isCursor: Bool, _ grid: inout Grid) {
    let end = region.x + region.width
    let style: Style = entry.plan == nil ? .dim : .plain
    grid.drawRight("\(entry.number)", endingAt: region.x + 5, y, style)
    grid.draw(shortTime(entry.time), time, y, .dim, limit: 17)
    if let plan = entry.plan {
      let part = Double(plan.target) / Double(max(1, state.subject.candidates))
      grid.drawRight(thousands(plan.target), endingAt: target, y, style)
      grid.drawRight(percent(part, 2) + " %", endingAt: keep, y, style)
      if isWide {
        let tau =
          plan.strategy.usesTemperature ? " τ " + Temperature.text(plan.temperature) : ""
        grid.draw(
          "\(plan.strategy.rawValue)\(tau) \(plan.order.rawValue)", how, y, style, limit: 31)
        grid.drawRight(
          plan.overrides.isEmpty ? "–" : thousands(plan.overrides.count),
          endingAt: overrides + 5, y, plan.overrides.isEmpty ? .line : Style(.decided))
      }
    } else {
      grid.drawRight("× not usable", endingAt: keep, y, Style(.warning))
    }
    let formats = entry.outputs.map(\.format).joined(separator: " ")
    let x = grid.draw(formats, rest, y, .dim, limit: max(0, end - rest - 1))
    if let note = entry.note {
      grid.draw(note, x + (formats.isEmpty ? 0 : 2), y, style, limit: max(0, end - x - 3))
    }
    let line = Region(x: region.x, y: y, width: region.width, height: 1)
    if isCursor {
      grid.draw("▸", region.x, y, .accent)
      grid.lay(.cursor, line, adding: .bold)
    }
  }

  /// `2026-01-02T03:04:05Z` as `2026-01-02 03:04Z`; anything else as it is.
  private func shortTime(_ time: String?) -> String {
    guard let time else { return "–" }
    let parts = Array(time)
    guard parts.count == 20, parts[10] == "T", parts[19] == "Z" else { return time }
    return String(parts[0..<10]) + " " + String(parts[11..<16]) + "Z"
  }
}
