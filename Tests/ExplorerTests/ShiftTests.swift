// Shift: its sums against slow twins, scenarios, and counting what quotas do not tell.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct ShiftTests {
  /// Keys to three stored scenarios, one of them in an order that quotas do not tell.
  static let scenarios = "' 1 + + t ' 2 o j Enter ' 3 - - d V B g"
  private static let plans = [
    "", "+ + +", "t t a d", "S j Enter", "o j Enter { d", "S k Enter ' 1 + + B d",
  ]

  @Test(arguments: plans)
  func columnsAreTheSumsOfTheirConcepts(_ keys: String) throws {
    for clusters in [0, 1, 2, 17, 18, 200, 1_000] {
      for screen in [Size(width: 120, height: 36), Size(width: 60, height: 16)] {
        let state = try ScriptRunner(performer: InstantWork(clusters: clusters)).run(
          Script(parsing: "V " + keys), from: try Fixture.state(clusters: clusters), size: screen
        ) { _, _ in }
        try check(state, try #require(state.shift.table))
      }
    }
  }

  /// The slow twin: concept by concept.
  private func check(_ state: State, _ table: ShiftTable) throws {
    let size = state.subject.scores.size
    let ranked = table.ranking.concepts
    #expect(Set(ranked) == Set(size.indices.filter { size[$0] > 0 }))
    #expect(table.order.sorted() == ranked.sorted())
    let shares = ranked.map { state.quotas.probability[$0] }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 })
    let columns = table.columns
    var first = 0
    for (index, column) in columns.enumerated() {
      let own = ranked[first..<(index + 1) * ranked.count / columns.count]
      #expect(column.concepts == own.count && !own.isEmpty)
      #expect(column.size == own.reduce(0) { $0 + size[$1] })
      #expect(column.after == own.reduce(0) { $0 + state.quotas.quota[$1] })
      #expect(column.saturated == own.count { state.quotas.quota[$0] == size[$0] })
      for cluster in own {
        #expect(table.ranking.column(of: cluster, of: columns.count) == index)
      }
      #expect(
        own.contains(try #require(table.ranking.concept(inColumn: index, of: columns.count))))
      first = own.endIndex
    }
    #expect(first == ranked.count)
    #expect(table.total.after == state.plan.target)
  }

  @Test func theSumsAreThoseOfTheHeader() throws {
    for keys in ["+", "t t", "- - d", "S j Enter"] {
      let state = try Fixture.state().pressing("\(keys) V")
      let table = try #require(state.shift.table)
      let sums = table.total
      #expect(sums.before == state.baseline.quota.reduce(0, +))
      #expect(sums.saturated == state.counts.saturated)
      let text = state.screenText
      #expect(text.contains("▲ \(thousands(state.counts.gained)) "))
      // The orders are the same and nested, so quotas tell the rows.
      #expect(text.contains("▲ \(thousands(state.counts.more))"))
      #expect(text.contains("▼ \(thousands(state.counts.fewer))"))
    }
  }

  @Test func theListIsInOrderOfChange() throws {
    func changes(_ state: State) -> [Int] {
      (state.shift.table?.order ?? []).map { state.change(of: $0) }
    }
    var state = try Fixture.state().pressing("t t t V")
    #expect(zip(changes(state), changes(state).dropFirst()).allSatisfy { abs($0) >= abs($1) })
    state = try state.pressing("s")
    #expect(zip(changes(state), changes(state).dropFirst()).allSatisfy { $0 >= $1 })
    state = try state.pressing("s")
    #expect(zip(changes(state), changes(state).dropFirst()).allSatisfy { $0 <= $1 })
    #expect(state.cursor == state.shift.table?.order.first)
    state = try state.pressing("s")
    #expect(state.shift.table?.order == state.shift.table?.ranking.concepts)
  }

  @Test func theCursorIsTheTables() throws {
    let state = try Fixture.state().pressing("t t t V g j j")
    let cluster = try #require(state.cursor)
    #expect(cluster == state.shift.table?.order[2])
    #expect(state.table.order[state.table.position] == cluster)
    #expect(try state.pressing("C").cursor == cluster)
    #expect(try state.pressing("d").plan.override(of: cluster)?.action == .drop)
    #expect(try state.pressing("Enter").screen == .items)
    let last = try state.pressing("G")
    #expect(last.cursor == last.shift.table?.order.last)
    #expect(last.screenText.contains("▸"))
    // Along the plot, every column once.
    var moved = try state.pressing("s s s g")
    var seen: [Int] = []
    for _ in 0..<300 {
      if seen.last == moved.cursor { break }
      seen.append(try #require(moved.cursor))
      moved = try moved.pressing("l")
    }
    #expect(seen.count > 20 && seen.count <= 120 && Set(seen).count == seen.count)
  }

  @Test func aClickSelects() throws {
    let state = try Fixture.state().pressing("t t t V g")
    let body = Region(x: 0, y: 2, width: 120, height: 33)
    let lines = state.screenText.split(separator: "\n", omittingEmptySubsequences: false)
    let y = try #require(lines.firstIndex { $0.contains("│▸") })
    var clicked = state
    Screens.entry(.shift).click(&clicked, body, Spot(x: 10, y: y + 3))
    #expect(clicked.cursor == state.shift.table?.order[3])
    // The right end of the plot is the concept of the smallest P.
    Screens.entry(.shift).click(&clicked, body, Spot(x: 117, y: 6))
    #expect(clicked.cursor == state.shift.table?.ranking.concepts.last)
    Screens.entry(.shift).click(&clicked, body, Spot(x: 1, y: 6))
    #expect(clicked.cursor == state.shift.table?.ranking.concepts.last)
  }

  @Test func scenariosAreStoredAndRecalled() throws {
    let state = try Fixture.state()
    #expect(try state.pressing("2").message?.text.contains("scenario 2 is empty") == true)
    let stored = try state.pressing("+ + ' 2")
    #expect(stored.context == .concepts)
    #expect(stored.message?.text.contains("scenario 2") == true)
    let other = try stored.pressing("- - - t d")
    #expect(other.plan != stored.plan)
    let back = try other.pressing("2")
    #expect(back.plan == stored.plan)
    let text = try #require(back.message?.text)
    #expect(text.hasPrefix("scenario 2: target "))
    #expect(text.contains("τ ") && text.contains("drop → free"))
    #expect(try back.pressing("u").plan == other.plan)
    #expect(try back.pressing("u Ctrl-R").plan == stored.plan)
    #expect(try back.pressing("2").message?.text.contains("already") == true)
    #expect(try back.pressing("' 2").message?.text.contains("already") == true)
    #expect(try stored.pressing("' Escape 1").message?.text.contains("is empty") == true)
    #expect(try stored.pressing("'").screenText.contains("empty"))
    #expect(try stored.pressing("- ' j j Enter").message?.text.contains("scenario 3") == true)
  }

  @Test func anotherPlanCanBeTheOneBefore() throws {
    let state = try Fixture.state().pressing("V")
    #expect(try state.pressing("B").message?.text.contains("no scenario") == true)
    var turned = try state.pressing("+ ' 1 + ' 3 + B")
    #expect(turned.screenText.contains("scenario 1 → this plan"))
    #expect(
      turned.shift.table?.total.before == turned.plan.target - 2
        * (turned.subject.candidates / 100))
    turned = try turned.pressing("B")
    #expect(turned.screenText.contains("scenario 3 → this plan"))
    #expect(try turned.pressing("B").screenText.contains("the opening plan → this plan"))
  }

  @Test func rowsAreCountedBesideTheLoop() throws {
    let opened = try Fixture.state().pressing("o j Enter")
    let (state, work) = update(opened, .key("V"))
    var asked: (Ticket, TurnoverQuestion)?
    for case .start(let ticket, let question as TurnoverQuestion) in work {
      asked = (ticket, question)
    }
    let (ticket, question) = try #require(asked)
    #expect(question.old == state.baseline.plan && question.new == state.plan)
    #expect(state.screenText.contains("≥ "))
    #expect(state.screenText.contains("counting"))
    #expect(update(state, .progress(ticket, 0.34)).0.screenText.contains("34 %"))
    // A cursor key does not ask again.
    for case .start(_, is TurnoverQuestion) in update(state, .key("j")).1 {
      Issue.record("asked twice")
    }
    let counted = MadeUpRows.turnover(question)
    let (done, _) = update(state, .finished(ticket, .answer(counted)))
    #expect(done.screenText.contains("▲ \(thousands(counted.entering))"))
    #expect(!done.screenText.contains("≥"))
    // A newer plan takes the place of the older one; leaving the screen gives it up.
    let (newer, more) = update(state, .key("+"))
    #expect(more.cancels(ticket))
    let (left, nothing) = update(newer, .key("C"))
    #expect(nothing.contains { if case .cancel = $0 { true } else { false } })
    #expect(left.running(TurnoverQuestion.self) == nil)
  }

  @Test func newPlansAreShownFromTheirLargestChangeOn() throws {
    let state = try Fixture.state().pressing("j j j + + V")
    let first = try #require(state.shift.table?.order.first)
    #expect(state.cursor == first)
    // The same plans again: the cursor's concept, wherever it was moved to.
    let moved = try state.pressing("j j j")
    let third = moved.cursor
    #expect(third != first)
    #expect(try moved.pressing("C V").cursor == third)
    #expect(try moved.pressing("+ D V").cursor == third)
    let other = try moved.pressing("C j j + V")
    #expect(other.cursor == other.shift.table?.order.first)
    // Nothing has changed, so nothing is more interesting than where the cursor is.
    let same = try Fixture.state().pressing("j j j")
    #expect(try same.pressing("V").cursor == same.cursor)
  }

  @Test func theListHasWhatPassesTheFilter() throws {
    let opened = try Fixture.state().pressing("+ + / s i z e > 1 0 0 0 0 0 Enter")
    let state = try opened.pressing("V")
    let order = try #require(state.shift.table?.order)
    #expect(Set(order) == Set(opened.table.order))
    #expect(order.count < 199)
    #expect(state.screenText.contains("by change, filtered"))
    for keys in ["j", "j j j", "G"] {
      let next = try state.pressing(keys)
      let cursor = try #require(next.cursor)
      #expect(next.message == nil && opened.table.order.contains(cursor))
    }
    // The sums are of all concepts.
    #expect(state.shift.table?.total.after == state.plan.target)
    let none = try Fixture.state().pressing("/ n o t h i n g Enter V")
    #expect(none.screenText.contains("no concept passes the filter"))
  }

  @Test func aCountThatFailsIsTold() throws {
    let opened = try Fixture.state().pressing("o j Enter")
    let (state, work) = update(opened, .key("V"))
    for case .start(let ticket, is TurnoverQuestion) in work {
      let (after, _) = update(state, .finished(ticket, .failed("members.npy: truncated")))
      #expect(after.message?.text == "members.npy: truncated")
      #expect(after.screenText.contains("≥ ") && after.running(TurnoverQuestion.self) == nil)
    }
  }

  @Test func aCountThatWasCancelledDoesNotBeginAgain() throws {
    let opened = try Fixture.state().pressing("o j Enter")
    let (state, _) = update(opened, .key("V"))
    let (stopped, work) = update(state, .key(.control("c")))
    #expect(work.contains { if case .cancel = $0 { true } else { false } })
    let (after, more) = update(stopped, .key("j"))
    for case .start(_, is TurnoverQuestion) in more { Issue.record("asked again") }
    #expect(after.screenText.contains("not counted"))
    // Coming back asks again, and so does another plan.
    let (back, again) = update(after, [.key("C"), .key("V")])
    #expect(back.running(TurnoverQuestion.self) == nil || !again.isEmpty)
    let (returned, _) = update(update(after, .key("C")).0, .key("V"))
    #expect(returned.running(TurnoverQuestion.self) != nil)
    let (other, asked) = update(after, .key("+"))
    #expect(other.running(TurnoverQuestion.self) != nil && !asked.isEmpty)
  }
}
