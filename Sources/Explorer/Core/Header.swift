// The lines that are always there: what is explored, what the plan is, what comes of it. Every
// fact is on every screen; a narrow one takes more lines and fewer words.

import Canvas
import Pruning

/// A piece of the header: words with their styles, or the bar of the target.
enum HeaderPiece: Sendable {
  case words([(text: String, style: Style)])
  /// Takes what room the line has left.
  case bar(Double)

  var width: Int {
    switch self {
    case .words(let words): words.reduce(0) { $0 + columns(of: $1.text) }
    case .bar: 6
    }
  }
}

/// A line of the header: pieces from the left, and pieces pushed to the right.
struct HeaderLine: Sendable {
  var left: [HeaderPiece]
  var right: [HeaderPiece] = []
  var gap = 3

  /// The columns that it needs, with a margin of one on both sides.
  var width: Int {
    let pieces = left + right
    return 2 + pieces.reduce(0) { $0 + $1.width } + gap * max(0, pieces.count - 1)
  }
}

/// All that the header is made of, beside the subject: as long as it is the same, so is the header.
struct HeaderSource: Equatable, Sendable {
  let plan: Plan
  let counts: PlanCounts
  let committed: CommittedState?
  let isUnsaved: Bool
  let width: Int
}

/// A header, and what it was made of.
typealias Header = (source: HeaderSource, lines: [HeaderLine])

extension State {
  /// The header in as few lines as `width` allows; the last one, where nothing has changed since.
  func header(width: Int) -> Header {
    let source = HeaderSource(
      plan: plan, counts: counts, committed: committed, isUnsaved: isUnsaved, width: width)
    if let header, header.source == source { return header }
    return (source, headerLines(subject, source))
  }

  /// Keeps the header for all who ask for it until it changes.
  mutating func keepHeader() { header = header(width: size.width) }
}

private func headerLines(_ subject: Subject, _ source: HeaderSource) -> [HeaderLine] {
  let facts = HeaderFacts(subject: subject, state: source)
  let width = source.width
  let wide = [HeaderFacts.Detail.withFilters, .full].flatMap { detail in
    [
      [
        HeaderLine(left: facts.what(detail), right: [facts.saved] + facts.how + facts.bounds),
        HeaderLine(left: facts.target + facts.outcome),
      ],
      [
        HeaderLine(left: facts.what(detail), right: [facts.saved] + facts.how, gap: 2),
        HeaderLine(left: facts.target + facts.bounds + facts.outcome, gap: 2),
      ],
    ]
  }
  let narrow = [HeaderFacts.Detail.withFilters, .full].map { detail in
    [
      HeaderLine(left: facts.what(detail), right: [facts.saved]),
      HeaderLine(left: facts.how + facts.bounds),
      HeaderLine(left: facts.target + facts.outcome),
    ]
  }
  let layouts =
    wide + narrow + [
      [
        HeaderLine(left: facts.what(.withoutProgram), right: [facts.saved], gap: 2),
        HeaderLine(left: facts.how + facts.bounds),
        HeaderLine(left: facts.target + facts.outcome, gap: 2),
      ],
      [
        HeaderLine(left: facts.what(.short), gap: 2),
        HeaderLine(left: facts.how + facts.bounds, gap: 2),
        HeaderLine(left: facts.target, right: [facts.saved], gap: 2),
        HeaderLine(left: facts.outcome, gap: 2),
      ],
    ]
  return layouts.first { $0.allSatisfy { $0.width <= width } } ?? layouts[layouts.count - 1]
}

private struct HeaderFacts {
  let subject: Subject
  let state: HeaderSource

  enum Detail {
    case withFilters, full, withoutProgram, short
  }

  func what(_ detail: Detail) -> [HeaderPiece] {
    let rows =
      subject.candidates == subject.rows
      ? grouped(subject.rows, "row")
      : "\(thousands(subject.candidates)) of \(grouped(subject.rows, "row"))"
    let name = fit(subject.name, detail == .short ? 14 : 24)
    var pieces: [HeaderPiece] = []
    let isFull = detail == .full || detail == .withFilters
    if isFull { pieces.append(.words([("winnow", Style(.accent, .bold))])) }
    pieces.append(.words([(name, isFull ? .plain : .bold)]))
    var words = [(text: rows, style: Style.plain)]
    if detail == .withFilters, !subject.dropped.isEmpty {
      let dropped = subject.dropped.map { "\($0.filter) \(thousands($0.rows))" }
      words.append((" (dropped: \(dropped.joined(separator: ", ")))", .dim))
    }
    pieces.append(.words(words))
    pieces.append(.words([(grouped(subject.clusters, "concept"), .plain)]))
    return pieces
  }

  var saved: HeaderPiece {
    let name = state.committed.map { "plan \($0.number)" } ?? "opening plan"
    return state.isUnsaved
      ? .words([(name + ", changed", Style(.decided))])
      : .words([(state.committed == nil ? name : name + ", committed", .dim)])
  }

  var how: [HeaderPiece] {
    let plan = state.plan
    let ratio = state.counts.ratio.map { $0 < 9.95 ? fixed($0, 1) : compact(Int(min($0, 1e15))) }
    let tau = "τ " + Temperature.text(plan.temperature)
    return [
      .words([(plan.strategy.rawValue, .plain)]),
      .words([
        (tau, plan.strategy.usesTemperature ? .plain : .dim), (" (×\(ratio ?? "–"))", .dim),
      ]),
      .words([(plan.order.rawValue, .plain)]),
    ]
  }

  var bounds: [HeaderPiece] {
    let share = state.plan.share == 0 ? "0" : "\(state.plan.share)"
    return [
      .words([
        ("min ", .dim), (thousands(state.plan.minimum), .plain), (" share ", .dim), (share, .plain),
      ])
    ]
  }

  var target: [HeaderPiece] {
    let candidates = subject.candidates
    let part = candidates == 0 ? 0 : Double(state.plan.target) / Double(candidates)
    return [
      .words([("target ", .dim), (thousands(state.plan.target), .bold)]),
      .words([(percent(part, 2) + " %", .plain)]),
      .bar(part),
    ]
  }

  var outcome: [HeaderPiece] {
    let sum = state.counts.sum
    let agrees = sum == state.plan.target
    let counts = state.counts
    return [
      .words([
        ("Σ \(thousands(sum)) ", .plain),
        agrees ? ("=", Style(.gained)) : ("≠", Style(.warning, .bold)),
      ]),
      .words([("▲ \(thousands(counts.gained))", Style(.gained))]),
      .words([("▼ \(thousands(counts.cut))", Style(.cut))]),
      .words([("● \(thousands(counts.saturated)) saturated", Style(.saturated))]),
    ]
  }
}

func drawHeader(_ lines: [HeaderLine], _ grid: inout Grid) {
  for (y, line) in lines.enumerated() {
    let spare = min(40, max(0, grid.width - line.width))
    var x = 1
    for piece in line.left { x = draw(piece, x, y, spare: spare, &grid) + line.gap }
    guard !line.right.isEmpty else { continue }
    let rest = line.right.reduce(0) { $0 + $1.width } + line.gap * (line.right.count - 1)
    x = max(x, grid.width - 1 - rest)
    for piece in line.right { x = draw(piece, x, y, spare: 0, &grid) + line.gap }
  }
}

/// Draws one piece and returns the column after it.
private func draw(
  _ piece: HeaderPiece, _ x: Int, _ y: Int, spare: Int, _ grid: inout Grid
) -> Int {
  switch piece {
  case .words(let words):
    return grid.draw(words.map { ($0.text, $0.style) }, x, y)
  case .bar(let part):
    grid.bar(part, x, y, width: piece.width + spare, Style(.kept), track: .line)
    return x + piece.width + spare
  }
}
