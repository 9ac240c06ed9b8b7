// The History screen: every committed plan, and below the list what the one under the cursor is
// and how it differs from the plan on the screen.

import Canvas
import Pruning
import Workspace

extension Context {
  public static let history = Context("history", title: "History")
}

struct HistoryScreen: Screen {
  let context = Context.history
  let key: KeyPress = "H"
  let golden = "H j"

  func prepare(_ state: inout State) { state.requestHistory() }

  func move(_ state: inout State, _ step: Int) { state.moveHistory(step) }

  func page(_ state: State) -> Int { lines(state.body).height }

  func click(_ state: inout State, _ region: Region, _ spot: Spot) {
    let list = state.history.list
    let count = state.history.entries?.count ?? 0
    if let line = list.line(at: spot, of: count, in: lines(region)) {
      move(&state, line - list.line)
    }
  }

  var actions: [Action] {
    [
      Action(
        "history.recall", [.enter], "bring back",
        help: "Use the plan under the cursor", rank: 0
      ) { $0.recall() }.when(entryIsUsable),
      Action(
        "history.baseline", ["b"], "baseline",
        help: "Compare with the plan under the cursor", rank: 0
      ) { $0.compareWithEntry() }.when(entryIsUsable),
      Action(
        "draft", ["O"], "draft", on: Context.screens, help: "Open the draft from an earlier session"
      ) { state in
        if let draft = state.draft { state.overlay = .question(.draft(draft)) }
      }.when { state in
        guard let draft = state.draft else { return .no("there is no draft") }
        return draft == state.plan ? .no("the draft is the same as this plan") : .yes
      },
    ].on([.history], .commits)
  }

  /// The lines of the list: without borders, titles, and the lines of the entry below it.
  private func lines(_ region: Region) -> Region {
    var lines = region.inside.below(1)
    lines.height = max(0, lines.height - 1 - min(8, max(3, region.height / 3)))
    return lines
  }

  func draw(_ state: State, _ region: Region, _ grid: inout Grid) {
    let history = state.history
    let entries = history.entries
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
        "no plan has been committed yet; c commits this one", inside.x + 1, inside.y, .dim,
        limit: inside.width - 2)
      return
    }
    let columns = HistoryColumns(state: state, region: inside)
    columns.drawTitles(&grid)
    let lines = lines(region)
    grid.list(history.list, of: entries.count, lines) { line, y, grid in
      columns.draw(entries[line], y, &grid)
    }
    let split = lines.y + lines.height
    for x in inside.x..<inside.x + inside.width { grid.draw("─", x, split, .line) }
    grid.draw("├", region.x, split, .line)
    grid.draw("┤", region.x + region.width - 1, split, .line)
    guard let entry = history.entry else { return }
    drawDetail(
      state, entry,
      Region(
        x: inside.x + 1, y: split + 1, width: max(0, inside.width - 2),
        height: max(0, inside.y + inside.height - split - 1)), &grid)
  }

  private func drawDetail(
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
    if entry.time == nil { facts.append(("log", "history.jsonl has no line for it", .dim)) }
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

  private var isWide: Bool { region.width >= 100 }
  private var time: Int { region.x + 7 }
  private var target: Int {
    time + 18 + max(6, columns(of: thousands(state.subject.candidates)))
  }
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

  func draw(_ entry: HistoryEntry, _ y: Int, _ grid: inout Grid) {
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
  }

  /// `2026-01-02T03:04:05Z` as `2026-01-02 03:04Z`; anything else as it is.
  private func shortTime(_ time: String?) -> String {
    guard let time else { return "–" }
    let parts = Array(time)
    guard parts.count == 20, parts[10] == "T", parts[19] == "Z" else { return time }
    return String(parts[0..<10]) + " " + String(parts[11..<16]) + "Z"
  }
}

private let entryIsUsable: @Sendable (State) -> Action.Availability = { state in
  guard let entry = state.history.entry else { return .no("no plan has been committed yet") }
  return entry.plan == nil ? .no("plan \(entry.number) cannot be used: see below") : .yes
}
