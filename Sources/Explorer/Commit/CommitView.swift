// The question before a commit, drawn: what is kept, a line for each format with its file and what
// is there, the note, where the plan goes. Where it is too low for all, the facts go first; the
// formats and the answers stay.

import Canvas

struct CommitView {
  let state: State
  let dialogue: CommitDialogue

  private enum Line {
    case fact(String, String, Role)
    case format(Int)
    case blank
  }

  /// The lines that fit, the least important ones left out.
  private func lines(_ width: Int, _ height: Int) -> [Line] {
    let counts = state.counts
    let part = Double(state.plan.target) / Double(max(1, state.subject.candidates))
    let keep = fact(
      "keep",
      "\(thousands(state.plan.target)) of \(thousands(state.subject.candidates)) rows, "
        + "\(percent(part, 2)) %", width)
    let change = fact(
      "change",
      "▲ \(grouped(counts.gained, "concept")) +\(thousands(counts.more)) · "
        + "▼ \(grouped(counts.cut, "concept")) −\(thousands(counts.fewer))", width)
    let against = fact("against", state.baseline.label, width)
    let formats = state.outputs.formats.indices.map { Line.format($0) }
    let note = fact(
      "note", state.commitNote.isEmpty ? "none; N types one" : state.commitNote, width)
    let store =
      dialogue.store.map { place in
        place.obstacle.map { fact("plan", $0, width, .warning) }
          ?? fact("plan", "stored in \(place.folder)", width)
      } ?? fact("plan", "checking …", width, .dim)
    var problems: [Line] = []
    for file in state.outputs.files {
      if case .blocked(let reason)? = dialogue.there[file.output] {
        problems += fact("there", reason, width, .warning)
      }
    }
    let blank = [Line.blank]
    // From the whole to what must be there.
    let choices = [
      keep + change + against + blank + formats + problems + blank + note + store + blank,
      keep + change + against + formats + problems + note + store + blank,
      keep + change + formats + problems + note + store,
      keep + formats + problems + note + store,
      keep + formats + problems + store,
      formats + problems + store,
    ]
    return choices.first { $0.count < height } ?? choices[choices.count - 1]
  }

  private func fact(
    _ label: String, _ value: String, _ width: Int, _ role: Role = .plain
  ) -> [Line] {
    wrap(value, max(1, width - 9)).enumerated().map { index, piece in
      .fact(index == 0 ? label : "", piece, role)
    }
  }

  private func there(_ path: String, isChosen: Bool) -> (text: String, role: Role) {
    switch dialogue.there[path] {
    case nil: ("checking …", .dim)
    case .free?: ("nothing there", .dim)
    case .file(let bytes)?:
      isChosen
        ? ("\(thousands(bytes)) bytes, to be replaced", .warning)
        : ("\(thousands(bytes)) bytes", .dim)
    case .blocked?: ("impossible", isChosen ? .warning : .dim)
    }
  }

  func draw(_ region: Region, _ grid: inout Grid) {
    let files = state.outputs.all
    let paths = files.map { columns(of: $0.output) }.max() ?? 0
    let notes =
      files.map {
        columns(of: there($0.output, isChosen: state.outputs.chosen.contains($0.format)).text)
      }.max() ?? 0
    let width = min(max(20, region.width - 6), max(56, 16 + paths + 2 + notes))
    let lines = lines(width, region.height - 2)
    let inside = raise("Commit this plan?", width: width, lines: lines.count + 1, region, &grid)
    for (index, line) in lines.prefix(max(0, inside.height - 1)).enumerated() {
      let y = inside.y + index
      switch line {
      case .blank: break
      case .fact(let label, let value, let role):
        grid.draw(label, inside.x, y, Style(.dim, on: .raised))
        grid.draw(value, inside.x + 9, y, Style(role, on: .raised), limit: inside.width - 9)
      case .format(let place): drawFormat(place, inside, y, notes, &grid)
      }
    }
    let y = inside.y + inside.height - 1
    let replaced = state.outputs.files.count {
      if case .file? = dialogue.there[$0.output] { true } else { false }
    }
    let yes =
      replaced == 0 ? "Yes" : replaced == 1 ? "Yes, replace it" : "Yes, replace \(replaced) files"
    let x = drawAnswer("No", key: "n", isHere: !dialogue.isYes, inside.x, y, &grid)
    _ = drawAnswer(
      yes, key: "y", isHere: dialogue.isYes, isOff: state.obstacle(dialogue) != nil, x + 2, y, &grid
    )
  }

  private func drawFormat(
    _ place: Int, _ inside: Region, _ y: Int, _ notes: Int, _ grid: inout Grid
  ) {
    let format = state.outputs.formats[place]
    let path = state.outputs.path(of: format)
    let isChosen = state.outputs.chosen.contains(format)
    let isHere = place == dialogue.line
    let (_, ground) = drawLine(y, of: inside, isHere: isHere, &grid)
    let style = Style(isChosen ? .plain : .dim, isHere ? .bold : [], on: ground)
    grid.draw("[\(isChosen ? "x" : " ")]", inside.x, y, style)
    grid.draw(format.rawValue, inside.x + 4, y, style, limit: 9)
    let found = there(path, isChosen: isChosen)
    let end = inside.x + inside.width
    // What is there is told whole, unless not even the end of the path would be left.
    let right = end - min(notes, max(0, inside.width - 16 - min(14, columns(of: path))))
    grid.draw(ending(of: path, right - 2 - inside.x - 14), inside.x + 14, y, style)
    grid.draw(found.text, right, y, Style(found.role, on: ground), limit: end - right)
  }
}
