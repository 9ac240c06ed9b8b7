// Work: what is asked for, which answers count, and the commit from question to message.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct WorkTests {
  private func started(_ work: [Work]) -> [(Ticket, any Request)] {
    work.compactMap {
      if case .start(let ticket, let request) = $0 { (ticket, request) } else { nil }
    }
  }

  @Test func onlyTheLinesOnTheScreenAreAskedFor() throws {
    let (state, work) = update(try Fixture.state(), .resize(Size(width: 80, height: 24)))
    let (ticket, request) = try #require(started(work).first)
    guard let concepts = (request as? LabelsQuestion)?.concepts else {
      Issue.record("no captions were asked for")
      return
    }
    #expect(concepts == state.table.order.prefix(concepts.count).map { $0 })
    #expect(concepts.count < 24)
    #expect(!state.running.isEmpty)
    #expect(state.screenText.contains("…"))
    let answer = Dictionary(uniqueKeysWithValues: concepts.map { ($0, "caption \($0)") })
    let (next, more) = update(state, .finished(ticket, .answer(answer)))
    #expect(next.screenText.contains("caption \(concepts[0])"))
    // The names of all come only then, and what is known is not asked for again.
    #expect(started(more).map(\.1) as? [NamesQuestion] == [NamesQuestion(count: 200)])
    #expect(update(next, .key("j")).1.isEmpty)
    let (named, nothing) = update(
      next, .finished(try #require(started(more).first).0, .answer(Fixture.names(200))))
    #expect(named.running.isEmpty && nothing.isEmpty)
    #expect(update(named, .key("G")).1.isEmpty)
    #expect(named.name(of: 3) == Fixture.caption(3))
    #expect(!named.screenText.contains("caption \(concepts[0])"))
  }

  @Test func namesThatFailAreNotAskedForAgain() throws {
    let (state, work) = update(try Fixture.state(clusters: 1), .resize(Size(width: 80, height: 24)))
    let (labelled, more) = update(
      state, .finished(try #require(started(work).first).0, .answer([0: "a"])))
    let ticket = try #require(started(more).first).0
    let (after, nothing) = update(labelled, .finished(ticket, .failed("names.json: damaged")))
    #expect(nothing.isEmpty && after.running.isEmpty)
    #expect(after.message?.text == "names.json: damaged")
    #expect(update(after, .key("j")).1.isEmpty)
    // Cancelled is not failed: the next key asks again.
    let (cancelled, _) = update(labelled, .key(.control("c")))
    #expect(cancelled.running.isEmpty)
    #expect(
      started(update(cancelled, .key("j")).1).map(\.1) as? [NamesQuestion] == [
        NamesQuestion(count: 1)
      ])
  }

  @Test func fiveHundredKeysAskOnce() throws {
    let (state, _) = update(try Fixture.state(), .resize(Size(width: 80, height: 24)))
    let (after, work) = update(state, Array(repeating: Event.key("j"), count: 150))
    #expect(after.table.position == 150)
    #expect(started(work).count == 1)
  }

  @Test func aNewerRequestReplacesAnOlderOne() throws {
    let (first, work) = update(try Fixture.state(), .resize(Size(width: 80, height: 24)))
    let old = try #require(started(work).first).0
    let (second, more) = update(first, .key("G"))
    #expect(more.cancels(old))
    let new = try #require(started(more).first).0
    #expect(new > old)
    let (late, nothing) = update(second, .finished(old, .answer([0: "late"])))
    #expect(nothing.isEmpty && !late.running.isEmpty)
    #expect(!late.pressingText("g").contains("late"))
    let (done, names) = update(second, .finished(new, .answer([Int: String]())))
    #expect(started(names).map(\.1) as? [NamesQuestion] == [NamesQuestion(count: 200)])
    #expect(update(done, .finished(started(names)[0].0, .cancelled)).0.running.isEmpty == true)
  }

  @Test func captionsThatFailAreNotAskedForAgain() throws {
    let (state, work) = update(try Fixture.state(), .resize(Size(width: 80, height: 24)))
    let ticket = try #require(started(work).first).0
    let (after, more) = update(state, .finished(ticket, .failed("captions/data.utf8: truncated")))
    #expect(started(more).map(\.1) as? [NamesQuestion] == [NamesQuestion(count: 200)])
    #expect(after.message?.text.contains("truncated") == true)
  }

  @Test func committingAsksFirstAndDefaultsToNo() throws {
    let state = try Fixture.state().pressing("+ c")
    #expect(state.context == .commit)
    let text = state.screenText
    for words in [
      "Commit this plan?", "[x] text", "keep.txt", "nothing there", "▸ No",
      "stored in laion-sample/plans", thousands(state.plan.target),
    ] {
      #expect(text.contains(words), "\(words)")
    }
    for keys in ["Enter", "n", "Escape", "Right Left Enter", "Ctrl-C"] {
      let after = try state.pressing(keys)
      #expect(after.committed == nil, "\(keys)")
      #expect(after.context == .concepts)
    }
    for keys in ["y", "Right Enter", "Tab Enter"] {
      let after = try state.pressing(keys)
      #expect(after.committed == CommittedState(number: 4, plan: state.plan), "\(keys)")
      #expect(after.message?.text.contains("plan 4") == true)
      #expect(after.baseline.label == "plan 4")
      #expect(after.counts.gained == 0)
      #expect(!after.isUnsaved)
      #expect(after.screenText.contains("plan 4, committed"))
    }
  }

  @Test func aFileThatIsThereIsNamedAndReplacedOnlyOnYes() throws {
    var performer = InstantWork(existing: .file(bytes: 81_234))
    let state = try Fixture.state().pressing("c", performer)
    #expect(state.screenText.contains("81,234 bytes, to be replaced"))
    #expect(state.screenText.contains("Yes, replace it"))
    let (_, work) = update(state, .key("y"))
    #expect(
      started(work).contains {
        $0.1 as? CommitOrder
          == CommitOrder(plan: state.plan, outputs: state.outputs.files, note: nil, replace: true)
      })
    performer.existing = .blocked("keep.txt is a folder: choose another name with -o")
    let blocked = try Fixture.state().pressing("c y", performer)
    #expect(blocked.committed == nil)
    #expect(blocked.message?.text.contains("is a folder") == true)
  }

  @Test func theFormatCanBeChosen() throws {
    let state = try Fixture.state().pressing("c f")
    #expect(state.outputs.files == [Output(format: .rows, output: "keep.npy")])
    #expect(state.screenText.contains("[x] rows"))
    #expect(try state.pressing("f").outputs.files == [Output(format: .text, output: "keep.txt")])
  }

  @Test func aCommitThatFailsIsToldAndChangesNothing() throws {
    let performer = InstantWork(commit: { _ in .failed("keep.txt: no space left on the disk") })
    let state = try Fixture.state().pressing("+ c y", performer)
    #expect(state.committed == nil && state.isUnsaved && state.running.isEmpty)
    #expect(state.message?.text == "keep.txt: no space left on the disk")
    #expect(state.message?.isWarning == true)
  }

  @Test func aCommitCanBeCancelledAndBlocksQuitting() throws {
    let asked = try Fixture.state().pressing("+ c")
    let (busy, work) = update(asked, .key("y"))
    let ticket = try #require(started(work).first).0
    let (half, _) = update(busy, .progress(ticket, 0.5))
    #expect(half.screenText.contains("50 %"))
    #expect(!update(half, .key("q")).0.isFinished)
    #expect(!update(half, .key("c")).0.isFinished)
    let (cancelling, cancel) = update(half, .key(.control("c")))
    #expect(cancel.cancels(ticket))
    #expect(!cancelling.isFinished)
    let (after, _) = update(cancelling, .finished(ticket, .cancelled))
    #expect(after.running.isEmpty && after.committed == nil)
    #expect(after.message?.text.contains("nothing was written") == true)
    // It may have been too late to cancel: then the commit counts.
    let made = Commit(number: 1, rows: half.plan.target, paths: ["keep.txt"])
    let (late, _) = update(cancelling, .finished(ticket, .answer(made)))
    #expect(late.committed?.number == 1)
  }

  @Test func aPlanChangedWhileCommittingStaysChanged() throws {
    let (busy, work) = update(try Fixture.state().pressing("+ c"), .key("y"))
    let ticket = try #require(started(work).first).0
    let (changed, _) = update(busy, .key("+"))
    let made = Commit(number: 1, rows: busy.plan.target, paths: ["keep.txt"])
    let (after, _) = update(changed, .finished(ticket, .answer(made)))
    #expect(after.committed?.plan == busy.plan)
    #expect(after.isUnsaved)
    #expect(after.counts.gained > 0)
  }

  @Test func quittingAsksOnlyWhenThePlanIsUnsaved() throws {
    let state = try Fixture.state()
    #expect(try state.pressing("q").isFinished)
    let asked = try state.pressing("+ q")
    #expect(!asked.isFinished && asked.context == .dialogue)
    for keys in ["n", "Enter", "Escape"] { #expect(!(try asked.pressing(keys).isFinished)) }
    #expect(try asked.pressing("y").isFinished)
    #expect(try asked.pressing("c y q").isFinished)
    #expect(try state.pressing("+ u q").isFinished)
    #expect(!(try state.pressing("Ctrl-C Ctrl-C").isFinished))
  }

  @Test func nothingHappensAfterTheEnd() throws {
    let state = try Fixture.state().pressing("q")
    #expect(update(state, .key("+")).0.plan == state.plan)
  }
}

extension State {
  fileprivate func pressingText(_ key: KeyPress) -> String {
    update(self, .key(key)).0.screenText
  }
}
