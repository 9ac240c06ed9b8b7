// Finding rows: in parts, with places, and going there.

import Explorer
import Pruning
import Testing

@Suite struct FindTests {
  private func started(_ work: [Work]) -> [(Ticket, any Request)] {
    work.compactMap {
      if case .start(let ticket, let request) = $0 { (ticket, request) } else { nil }
    }
  }

  @Test func hitsAreShownAsTheyCome() throws {
    let typed = try Fixture.state().pressing("f\n:type bride")
    let (began, work) = update(typed, .key(.enter))
    #expect(began.screen == .find && began.screenText.contains("searching"))
    let (ticket, request) = try #require(started(work).first { $0.1 is FindQuestion })
    let keys = try #require(request as? FindQuestion)
    #expect(keys.from == nil && keys.text == "bride")
    let first = FindPage(
      hits: [FoundRow(row: 7, rowKey: "k7", caption: "a bride")], next: 0, part: 0)
    let (one, more) = update(began, .finished(ticket, .answer(first)))
    #expect(one.finding.hits.count == 1 && one.screenText.contains("a bride"))
    // The captions are searched and the hit is placed at the same time.
    let asked = started(more).map(\.1)
    #expect(asked.contains { $0 is FindQuestion } && asked.contains { $0 is WhereaboutsQuestion })
    // Ctrl-C keeps what is there, and > goes on.
    let (stopped, cancel) = update(one, .key(.control("c")))
    #expect(cancel.count == 2 && stopped.running.isEmpty)
    #expect(update(stopped, .key("k")).0.screenText.contains("stopped"))
    let (again, next) = update(stopped, .key(">"))
    #expect(started(next).contains { $0.1 is FindQuestion } && !again.running.isEmpty)
    // A late answer of a search that was given up is dropped.
    let late = update(stopped, .finished(ticket, .answer(first))).0
    #expect(late.finding.hits.count == 1)
  }

  @Test func enterShowsTheRowAmongThoseOfItsConcept() throws {
    let state = try Fixture.state().pressing("f\n:type key-412\nEnter")
    let hit = try #require(state.finding.hits.first)
    #expect(hit.row == 412)
    guard case .at(let place) = hit.whereabouts else {
      Issue.record("it is not placed")
      return
    }
    let there = try state.pressing("Enter")
    #expect(there.screen == .items && there.cursor == place.cluster)
    #expect(there.items.rank == place.rank)
    #expect(try there.pressing("F").finding.hits == state.finding.hits)
    // A row that is no candidate says why and is nowhere to go.
    let none = try Fixture.state().pressing("f\n:type key-413\nEnter")
    #expect(none.screenText.contains("it is a duplicate"))
    #expect(try none.pressing("Enter").message?.text.contains("duplicate") == true)
    #expect(try Fixture.state().pressing("F Enter").message?.isWarning == true)
    #expect(try Fixture.state().pressing("f Enter").context == .prompt)
    #expect(
      try Fixture.state().pressing("f\n:type zzz\nEnter").screenText.contains("nothing found"))
  }

  @Test func ranksAreAskedForAnewInAnotherOrder() throws {
    let state = try Fixture.state().pressing("f\n:type bride\nEnter G")
    #expect(
      state.finding.hits.count > 20 && state.finding.list.line == state.finding.hits.count - 1)
    #expect(state.finding.hits.allSatisfy { $0.whereabouts != .unknown })
    let opened = try state.pressing("o j")
    let (other, work) = update(opened, .key(.enter))
    let question = try #require(
      started(work).lazy.compactMap { $0.1 as? WhereaboutsQuestion }.first,
      "no places are asked for")
    #expect(question.order == other.plan.order)
    #expect(question.rows.allSatisfy { $0 % 5 != 3 })
  }

  @Test func aKeyIsGoneToOrItsConceptIsOffered() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " I")
    let cluster = try #require(state.cursor)
    let row = 200 * 2 + cluster
    let here = try state.pressing("K\n:type key-\(row)\nEnter")
    #expect(here.items.rank == row * 31 % 840_634 && here.cursor == cluster)
    let elsewhere = try state.pressing("K\n:type key-\(row + 1)\nEnter")
    #expect(elsewhere.context == .dialogue)
    #expect(elsewhere.screenText.contains("in concept \(cluster + 1)"))
    #expect(try elsewhere.pressing("Enter").cursor == cluster)
    let gone = try elsewhere.pressing("y")
    #expect(gone.cursor == cluster + 1 && gone.screen == .items)
    #expect(try state.pressing("K\n:type nothing\nEnter").message?.isWarning == true)
  }

  @Test func captionsOfTheConceptAreSearchedFromTheCursorAround() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " I")
    let cluster = try #require(state.cursor)
    let rows = MadeUpRows(cluster: cluster)
    let hits = (0..<3_000).filter { rows.line($0, rank: $0).caption?.contains("naïve") == true }
    let found = try state.pressing("/\n:type naïve\nEnter")
    #expect(found.items.rank == hits.first { $0 > 0 })
    #expect(try found.pressing("> >").items.rank == hits.filter { $0 > 0 }[2])
    #expect(try found.pressing("> <").items.rank == found.items.rank)
    // Around the end, and back.
    let last = try #require(
      (0..<rows.size).last { rows.line($0, rank: $0).caption?.contains("naïve") == true })
    #expect(try state.pressing("/\n:type naïve\nEnter g <").items.rank == last)
    #expect(try state.pressing("/\n:type naïve\nEnter G >").items.rank == hits.first)
    let nothing = try state.pressing("/\n:type nowhere\nEnter")
    #expect(nothing.items.rank == 0 && nothing.message?.text.contains("no caption") == true)
    #expect(try state.pressing(">").message?.isWarning == true)
    // A unique match far away, and then it is the only one.
    let far = try state.pressing("/\n:type 654321\nEnter")
    #expect(far.items.rank == 654_321)
    #expect(try far.pressing(">").message?.text.contains("only row") == true)
  }

  @Test func aSearchCanBeStopped() throws {
    let typed = try Fixture.state().pressing(Fixture.middle + " I /\n:type x")
    let (busy, work) = update(typed, .key(.enter))
    let (ticket, request) = try #require(started(work).first { $0.1 is SearchQuestion })
    let question = try #require(request as? SearchQuestion)
    #expect(question.ranks == 1..<4_097)
    #expect(busy.screenText.contains("searching the captions"))
    let (on, more) = update(busy, .finished(ticket, .answer(SearchQuestion.Answer(rank: nil))))
    #expect(started(more).contains { $0.1 is SearchQuestion })
    let (stopped, _) = update(on, .key(.control("c")))
    #expect(!stopped.screenText.contains("searching the captions"))
  }

  @Test func ranksCountFromZeroAsInExports() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " I")
    #expect(state.screenText.contains("rank 0 of 0–840,633"))
    #expect(state.screenText.contains("0 is the farthest"))
    #expect(try state.pressing("J 0 Enter").items.rank == 0)
    #expect(try state.pressing("J\n:type 840,633\nEnter").items.rank == 840_633)
  }

  @Test func similaritiesStandWhereTheOrderFollowsThem() throws {
    let state = try Fixture.state(hasSimilarity: true).pressing(Fixture.middle + " I")
    #expect(state.screenText.contains("similar"))
    let narrow = try state.pressing(":resize 60x16")
    #expect(!narrow.screenText.contains("similar"))
    #expect(try narrow.pressing("o k k Enter").screenText.contains("similar"))
  }
}
