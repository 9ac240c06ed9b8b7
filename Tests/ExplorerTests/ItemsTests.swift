// Items: only what is on the screen is asked for, and every key goes where it says.

import Explorer
import Pruning
import Testing

@Suite struct ItemsTests {
  private func questions(_ work: [Work]) -> [(Ticket, ItemsQuestion)] {
    work.compactMap {
      if case .start(let ticket, let question as ItemsQuestion) = $0 {
        (ticket, question)
      } else {
        nil
      }
    }
  }

  @Test func onlyTheRowsOnTheScreenAreAskedFor() throws {
    let state = try Fixture.state().pressing(":resize 80x24\n" + Fixture.middle)
    let (opened, work) = update(state, .key(.enter))
    let first = try #require(questions(work).first)
    #expect(first.1.cluster == state.cursor)
    #expect(first.1.ranks.lowerBound == 0 && first.1.ranks.count < 24)
    // 500 keys at once ask once, and the cursor is there before the rows are.
    let (moved, more) = update(opened, Array(repeating: Event.key("j"), count: 500))
    #expect(questions(more).count == 1 && more.cancels(first.0))
    #expect(moved.items.rank == 500)
    #expect(moved.screenText.contains("rank 500 of 0–840,633"))
    let (end, last) = update(moved, .key(.end))
    #expect(questions(last).first?.1.ranks.upperBound == 840_634)
    #expect(end.items.rank == 840_633)
    let page = try #require(questions(last).first)
    let rows = MadeUpRows(cluster: page.1.cluster)
    let answer = try #require(try ItemsPage.read(page.1, rows, isCancelled: { false }))
    let shown = update(end, .finished(page.0, .answer(answer))).0
    #expect(shown.screenText.contains("key-\(3 * 840_633 + page.1.cluster)"))
    // An answer that is no longer wanted is dropped.
    let late = update(end, .finished(first.0, .answer(answer))).0
    #expect(!late.screenText.contains("key-"))
  }

  @Test func keysGoWhereTheySay() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " Enter")
    let cluster = try #require(state.cursor)
    let quota = state.quotas.quota[cluster]
    #expect(state.screen == .items && state.items.rank == 0)
    for (keys, rank) in [
      ("j j k", 1), ("G", 840_633), ("G g", 0), (".", quota - 1), ("End Home", 0),
      ("J\n:type 12k\nEnter", 12_000), ("J\n:type 50%\nEnter", 420_317), ("G J 0 Enter", 0),
      ("k", 0), ("G j PageDown", 840_633),
    ] {
      #expect(try state.pressing(keys).items.rank == rank, "\(keys)")
    }
    let page = try state.pressing("PageDown")
    #expect(page.items.rank > 10)
    #expect(try page.pressing("PageUp").items.rank == 0)
    for text in ["840,634", "-1", "x", "101%", ""] {
      let wrong = try state.pressing("J\n:type \(text)\nEnter")
      #expect(wrong.context == .prompt && wrong.message?.isWarning == true, "\(text)")
    }
    // Another concept begins at its first row; the same one is as it was left.
    let left = try state.pressing("j j j Escape")
    #expect(left.screen == .concepts)
    #expect(try left.pressing("I").items.rank == 3)
    #expect(try left.pressing("j I").items.rank == 0)
    let next = try state.pressing(". Right")
    #expect(next.items.rank == 0 && next.cursor != cluster)
    #expect(try next.pressing("Left").cursor == cluster)
  }

  @Test func theMarksFollowThePlanAtOnce() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " I .")
    let cluster = try #require(state.cursor)
    let line = try #require(state.screenText.split(separator: "\n").first { $0.contains("▸") })
    #expect(line.contains("✓"))
    let (less, _) = update(state, .key("-"))
    #expect(less.quotas.quota[cluster] < state.quotas.quota[cluster])
    #expect(less.items.rank == state.items.rank)
    #expect(
      less.screenText.split(separator: "\n").first { $0.contains("▸") }?.contains("×") == true)
  }

  @Test func aCutThatIsNotThereIsExplained() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " I")
    for (keys, words) in [
      ("d .", "no row is kept"), ("a .", "all rows are kept"), ("o k Enter .", "all distances"),
    ] {
      let after = try state.pressing(keys)
      #expect(after.message?.text.contains(words) == true, "\(keys)")
    }
  }
}
