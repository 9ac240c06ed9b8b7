// Asking for work, and taking its answers in.

import Canvas
import Pruning

extension State {
  /// Asks for `request`; one of the same kind that is under way is given up.
  mutating func start(_ request: Work.Request) {
    lastTicket += 1
    let ticket = Ticket(number: lastTicket)
    if let older = running[request.kind] { outbox.append(.cancel(older.ticket)) }
    running[request.kind] = Running(ticket: ticket, request: request)
    outbox.append(.start(ticket, request))
  }

  /// Asks for the names of all concepts, once the first screen has its own.
  mutating func requestNames() {
    guard names == nil, !hasNoNames, !labelsWait, running[.names] == nil, running[.labels] == nil,
      subject.clusters > 0
    else { return }
    start(.names(count: subject.clusters))
  }

  /// The concepts whose names are on the screen, but for the neighbours in Detail.
  private var namedConcepts: ArraySlice<Int> {
    func slice(_ order: [Int], from top: Int, lines: Int) -> ArraySlice<Int> {
      order[min(top, order.count)..<min(top + max(0, lines), order.count)]
    }
    switch screen {
    case .shift:
      let lines = shiftLayout.listLines
      return slice(shift.table?.order ?? [], from: shiftTop(lines: lines), lines: lines)
    case .map: return (cursor.map { [$0] } ?? [])[...]
    case .history, .find: return []
    case .concepts, .detail, .items:
      let lines = tableLines(size)
      return slice(table.order, from: visibleTop(lines: lines), lines: lines)
    }
  }

  /// Asks for the names that the lines on the screen lack, as long as not all are known.
  mutating func requestLabels() {
    guard names == nil, !labelsWait else { return }
    let shown = namedConcepts
    let missing = (shown + shownNeighbours.filter { !shown.contains($0) })
      .filter { labels[$0] == nil && subject.scores.size[$0] > 0 }
    guard !missing.isEmpty else { return }
    if case .labels(let asked)? = running[.labels]?.request, Set(missing).isSubset(of: asked) {
      return
    }
    start(.labels(concepts: Array(missing)))
  }

  /// Gives up what is under way of a kind.
  mutating func giveUp(_ kind: Work.Kind) {
    guard let work = running.removeValue(forKey: kind) else { return }
    outbox.append(.cancel(work.ticket))
  }

  /// Gives up what is under way; the explorer itself goes on.
  mutating func cancelWork() {
    guard !running.isEmpty else {
      say("nothing is under way; q quits")
      return
    }
    if case .turnover(let question)? = running[.turnover]?.request {
      // A long count that was cancelled does not begin again with the next key.
      turnovers.note(question, nil)
    }
    for kind in Work.Kind.allCases {
      if let work = running[kind] { outbox.append(.cancel(work.ticket)) }
    }
    labelsWait = Work.Kind.pages.contains { running[$0] != nil }
    // A commit answers for itself: it may be past the point of return.
    let commit = running[.commit]
    running.removeAll()
    running[.commit] = commit
    say(commit == nil ? "cancelled" : "cancelling the commit …")
  }

  mutating func note(progress: Double, of ticket: Ticket) {
    for (kind, work) in running where work.ticket == ticket {
      running[kind]?.progress = progress
    }
  }

  /// Takes an answer in, unless a newer request has taken its place.
  mutating func receive(_ result: Work.Result, for ticket: Ticket) {
    guard let (kind, work) = running.first(where: { $0.value.ticket == ticket }) else { return }
    running[kind] = nil
    switch (result, work.request) {
    case (.labels(let found), .labels(let asked)):
      // What has no answer is not asked for again.
      if labels.count >= 4096 { labels.removeAll() }
      for concept in asked { labels[concept] = found[concept] ?? "" }
    case (.names(let all), .names):
      names = all
      labels.removeAll()
      follow(.names)
    case (.detail(let page), .detail):
      detail = page
    case (.items(let page), .items):
      itemsPage = page
    case (.neighbours(let found), .neighbours(let cluster, _)):
      // What was looked at long ago is asked for again, so that browsing takes no memory.
      if neighbours.count >= 256 { neighbours.removeAll() }
      neighbours[cluster] = found
    case (.turnover(let counted), .turnover(let question)):
      turnovers.note(question, counted)
    case (.inspected(let found), .inspect(let asked)):
      take(found, of: asked)
    case (.committed(let commit), .commit(let order)):
      take(commit, of: order.plan)
    case (.found(let page), .find(let question)):
      take(page, of: question)
    case (.placed(let places), .places(let question)):
      take(places, of: question)
    case (.sought(let found), .seek(let question)):
      take(found, of: question)
    case (.searched(let rank), .search(let question)):
      take(rank, of: question)
    case (.history(let entries), .history):
      take(entries)
    case (.draftChanged, .saveDraft(let plan)):
      draft = plan
      isFinished = true
    case (.draftChanged, .removeDraft):
      draft = nil
      say("the draft is deleted")
    case (.cancelled, .names):
      hasNoNames = true
    case (.cancelled, .commit):
      say("the commit was cancelled; nothing was written")
    case (.cancelled, .turnover(let question)), (.failed, .turnover(let question)):
      // Not asked for again; the bounds stay.
      turnovers.note(question, nil)
      if case .failed(let text) = result { warn(text) }
    case (.cancelled, _):
      break
    case (.failed(let text), .labels(let asked)):
      for concept in asked { labels[concept] = "" }
      warn(text)
    case (.failed(let text), .names):
      hasNoNames = true
      warn(text)
    case (.failed(let text), .detail(let question)):
      // An empty page, so that it is not asked for again.
      detail = DetailPage(question)
      warn(text)
    case (.failed(let text), .items(let question)):
      itemsPage = ItemsPage(question)
      warn(text)
    case (.failed(let text), .neighbours(let cluster, _)):
      neighbours[cluster] = []
      warn(text)
    case (.failed(let text), .places(let question)):
      take(
        Dictionary(uniqueKeysWithValues: question.rows.map { ($0, .nowhere(text)) }), of: question)
      warn(text)
    case (.failed(let text), .find):
      finding.next = nil
      warn(text)
    case (.failed(let text), .history):
      log.entries = []
      warn(text)
    case (.failed(let text), _):
      if kind == .inspect { overlay = nil }
      warn(text)
    default:
      warn("an answer of the wrong kind came for \(kind); please report this")
    }
  }
}
