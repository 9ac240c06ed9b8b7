// Detail: what is read of a concept against counting all of it, and that the page follows the
// cursor without holding it up.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct DetailTests {
  private func page(
    size: Int, quota: Int, order: Order = .hardest, samples: Int = 3, bins: Int = 20
  ) throws -> DetailPage {
    let question = DetailQuestion(
      cluster: 1, quota: quota, order: order, seed: 1, samples: samples, bins: bins)
    return try #require(
      try DetailPage.read(question, MadeUpRows(cluster: 1, size: size), isCancelled: { false }))
  }

  @Test(arguments: [1, 2, 3, 10, 977])
  func theHistogramCountsEveryRow(_ size: Int) throws {
    let rows = MadeUpRows(cluster: 1, size: size)
    let page = try page(size: size, quota: size / 2)
    #expect(page.range == rows.distance(size - 1)...rows.distance(0))
    #expect(page.nearer.count == 21)
    #expect(page.nearer.first == 0 && page.nearer.last == size)
    let (low, high) = (page.range.lowerBound, page.range.upperBound)
    for bin in 1..<20 {
      let edge = low + (high - low) * Float(bin) / 20
      let slow = (0..<size).count { rows.distance($0) < edge }
      #expect(page.nearer[bin] == slow, "bin \(bin)")
    }
  }

  @Test func rowsStandOnBothSidesOfTheCut() throws {
    let rows = MadeUpRows(cluster: 1, size: 100)
    let hardest = try page(size: 100, quota: 40)
    #expect(hardest.kept.map(\.rank) == [0, 1, 2])
    #expect(hardest.beforeCut.map(\.rank) == [37, 38, 39])
    #expect(hardest.afterCut.map(\.rank) == [40, 41, 42])
    #expect(hardest.pruned.map(\.rank) == [99, 98, 97])
    #expect(hardest.cut == rows.distance(39))
    let easiest = try page(size: 100, quota: 40, order: .easiest)
    #expect(easiest.kept.map(\.distance) == [99, 98, 97].map(rows.distance))
    #expect(easiest.cut == rows.distance(60))
    #expect(easiest.pruned.first?.distance == rows.distance(0))
  }

  @Test(arguments: [0, 1, 2, 5, 6, 7])
  func noRowOfASmallConceptIsShownTwice(_ quota: Int) throws {
    for order in Order.allCases {
      let page = try page(size: 7, quota: quota, order: order)
      let kept = page.kept + page.beforeCut
      let pruned = page.afterCut + page.pruned
      let shown = (kept + pruned).map(\.row)
      #expect(Set(shown).count == shown.count)
      #expect(kept.isEmpty == (quota == 0) && pruned.isEmpty == (quota == 7), "\(order)")
      #expect((page.cut != nil) == (order.hasCutDistance && quota > 0 && quota < 7))
      if order == .stratified {
        let isKept = try #require(
          MadeUpRows(cluster: 1, size: 7).kept(quota, order, 1, { false }))
        #expect(kept.allSatisfy { isKept($0.rank) } && !pruned.contains { isKept($0.rank) })
      }
    }
  }

  @Test func aCancelledPageIsNone() throws {
    let question = DetailQuestion(
      cluster: 1, quota: 5, order: .hardest, seed: 1, samples: 3, bins: 40)
    #expect(
      try DetailPage.read(question, MadeUpRows(cluster: 1, size: 9), isCancelled: { true }) == nil)
  }

  @Test func thePageFollowsTheCursorAndOnlyTheNewestCounts() throws {
    let state = try Fixture.state().pressing(Fixture.middle)
    #expect(state.screenText.contains("┃"))
    let (moved, work) = update(state, [.key("j"), .key("j")])
    let asked = details(work)
    #expect(asked.count == 1)
    let (ticket, question) = try #require(asked.first)
    #expect(question.cluster == moved.cursor)
    #expect(question.quota == moved.quotas.quota[question.cluster])
    // The cursor has moved already; what has to be read has not come.
    #expect(moved.screenText.contains("reading …"))
    let (further, more) = update(moved, .key("j"))
    #expect(more.cancels(ticket))
    let rows = MadeUpRows(cluster: question.cluster)
    let late = try #require(try DetailPage.read(question, rows, isCancelled: { false }))
    #expect(update(further, .finished(ticket, .answer(late))).0.screenText.contains("reading …"))
    #expect(update(moved, .finished(ticket, .answer(late))).0.screenText.contains("┃"))
  }

  @Test func theCutMovesBeforeItsRowsAreRead() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " D")
    let before = try #require(cutPlace(state))
    let (after, work) = update(state, Array(repeating: Event.key("}"), count: 3))
    #expect(details(work).count == 1)
    #expect(try #require(cutPlace(after)) < before)
    #expect(after.screenText.contains("cut …"))
  }

  @Test func aFailureIsToldOnceAndNotAskedForAgain() throws {
    let (state, work) = update(try Fixture.state(), .resize(Size(width: 120, height: 36)))
    let ticket = try #require(details(work).first).0
    let (after, more) = update(state, .finished(ticket, .failed("distances.npy: truncated")))
    #expect(details(more).isEmpty)
    #expect(after.message?.text.contains("truncated") == true)
  }

  @Test func cancellingStopsThePagesUntilTheNextKey() throws {
    let (state, work) = update(try Fixture.state(), .resize(Size(width: 120, height: 36)))
    #expect(details(work).count == 1)
    let (stopped, cancels) = update(state, .key(.control("c")))
    #expect(stopped.running.isEmpty && details(cancels).isEmpty)
    #expect(details(update(stopped, .key("k")).1).count == 1)
  }

  @Test func nothingIsReadForAPaneThatIsNotThere() throws {
    for keys in [":resize 80x24", "v", ":resize 60x16"] {
      let state = try Fixture.state().pressing(keys)
      #expect(details(update(state, .key("j")).1).isEmpty, "\(keys)")
    }
    let closed = try Fixture.state().pressing("v")
    #expect(!closed.screenText.contains("nearest"))
    #expect(try closed.pressing("v").screenText.contains("nearest"))
    let small = try Fixture.state().pressing(":resize 80x24\nv")
    #expect(small.message?.text.contains("110 columns") == true)
  }

  @Test func theDetailScreenMovesTheTablesCursor() throws {
    let state = try Fixture.state().pressing("D j j")
    #expect(state.table.position == 2 && state.screen == .detail)
    #expect(state.screenText.contains("3 / 200 by complexity"))
    let back = try state.pressing("d Escape")
    #expect(back.screen == .concepts && back.cursor == state.cursor)
    #expect(back.plan.override(of: try #require(state.cursor))?.action == .drop)
  }

  /// Between two pages the pane keeps the old one and says so: a frame of blanks costs bytes.
  @Test func theLastPageStaysWhileTheNextIsRead() throws {
    let state = try Fixture.state().pressing(":resize 120x36\nj")
    let rows = state.screenText.split(separator: "\n").filter { $0.contains("✓ 0.") }
    #expect(!rows.isEmpty && !state.screenText.contains("reading …"))
    let (reading, work) = update(state, .key("j"))
    let text = reading.screenText
    #expect(text.contains("reading …"))
    for row in rows { #expect(text.contains(row.suffix(30))) }
    // The figures are known at once.
    let cluster = try #require(reading.cursor)
    #expect(text.contains(thousands(reading.subject.scores.size[cluster])))
    let ticket = try #require(details(work).first).0
    let (failed, _) = update(reading, .finished(ticket, .failed("gone")))
    #expect(!failed.screenText.contains("reading …"))
    let (cancelled, _) = update(reading, .key(.control("c")))
    #expect(!cancelled.screenText.contains("reading …"))
  }

  @Test func ranksCountTheLargerOnes() throws {
    let state = try Fixture.state().pressing("D")
    let cluster = try #require(state.cursor)
    let size = state.subject.scores.size
    #expect(state.screenText.contains("#\(1 + size.count { $0 > size[cluster] })"))
    // The table opens on the largest complexity.
    #expect(state.screenText.contains("#1"))
  }

  private func details(_ work: [Work]) -> [(Ticket, DetailQuestion)] {
    work.compactMap {
      if case .start(let ticket, let question as DetailQuestion) = $0 {
        (ticket, question)
      } else {
        nil
      }
    }
  }

  /// The column of the sign of the cut.
  private func cutPlace(_ state: State) -> Int? {
    for line in state.screenText.split(separator: "\n") {
      if let place = line.firstIndex(of: "┃") {
        return line.distance(from: line.startIndex, to: place)
      }
    }
    return nil
  }
}
