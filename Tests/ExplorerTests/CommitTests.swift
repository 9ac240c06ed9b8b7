// Commits of several formats, their notes, the history of them, and drafts.

import Explorer
import Pruning
import Testing

@Suite struct CommitTests {
  private func order(_ keys: String, _ state: State) throws -> CommitOrder? {
    let seen = Seen()
    let performer = InstantWork(
      clusters: state.subject.clusters,
      commit: { order in
        seen.order = order
        return .answer(Commit(number: 4, rows: 1, paths: order.outputs.map(\.output)))
      })
    _ = try state.pressing(keys, performer)
    return seen.order
  }

  @Test func formatsAreChosenOneByOne() throws {
    let state = try Fixture.state()
    for (keys, files) in [
      ("c y", ["keep.txt"]), ("c j Space y", ["keep.txt", "keep.npy"]),
      ("c Space j Space y", ["keep.npy"]), ("c f y", ["keep.npy"]),
      ("c p Ctrl-U\n:type lists/all.txt\nEnter j Space y", ["lists/all.txt", "lists/all.npy"]),
      ("c p\n:type 2\nEnter y", ["keep2.txt"]),
      ("c p Ctrl-U\n:type x.dat\nEnter y", ["x.dat.txt"]),
    ] {
      let order = try #require(try order(keys, state))
      #expect(order.outputs.map(\.output) == files, "\(keys)")
      #expect(order.note == nil && !order.replace)
    }
    let named = try State(
      subject: Fixture.subject(), output: Output(format: .text, output: "list"))
    #expect(try order("c y", named)?.outputs.map(\.output) == ["list"])
    #expect(try order("c j Space y", named)?.outputs.map(\.output) == ["list", "list.npy"])
    let none = try state.pressing("c Space y")
    #expect(none.context == .commit && none.message?.text.contains("no format") == true)
    for keys in ["c p Ctrl-U Enter", "c p / Enter"] {
      let empty = try state.pressing(keys)
      #expect(empty.context == .prompt && empty.message?.isWarning == true)
    }
    // Leaving the prompt leads back to the question.
    #expect(try state.pressing("c p x Escape").context == .commit)
    #expect(try state.pressing("c p x Escape").outputs.files.map(\.output) == ["keep.txt"])
  }

  @Test func twoFormatsWithOneEndingHaveTwoNames() throws {
    let subject = Fixture.subject(formats: [.rows, .datacomp])
    let state = try State(subject: subject, output: Output(format: .rows, output: "a/keep.npy"))
    #expect(state.outputs.files.map(\.output) == ["a/keep.npy"])
    let both = try state.pressing("c j Space")
    #expect(both.outputs.files.map(\.output) == ["a/keep.rows.npy", "a/keep.datacomp.npy"])
    #expect(try both.pressing("k Space").outputs.files.map(\.output) == ["a/keep.npy"])
  }

  @Test func aNoteGoesWithTheCommitAndIsForgottenThen() throws {
    let state = try Fixture.state()
    let keys = "c N\n:type for the \"paper\"\nEnter"
    #expect(try state.pressing(keys).screenText.contains("for the \"paper\""))
    #expect(try order(keys + " y", state)?.note == "for the \"paper\"")
    #expect(try order(keys + " y c y", state)?.note == nil)
    #expect(try order(keys + " n c y", state)?.note == "for the \"paper\"")
  }

  @Test func aPlanThatCannotBeStoredSaysSoBeforeAnythingIsWritten() throws {
    let performer = InstantWork(
      storeObstacle: "ws/plans: it cannot be written to; choose a folder for plans with --plans DIR"
    )
    let state = try Fixture.state().pressing("+ c", performer)
    #expect(state.screenText.contains("--plans DIR"))
    let after = try state.pressing("y", performer)
    #expect(after.committed == nil && after.context == .commit)
    #expect(after.message?.text.contains("--plans DIR") == true)
  }

  @Test func aCommittedPlanComesBackFromTheHistory() throws {
    let state = try Fixture.state().pressing("+ H")
    #expect(state.screen == .history)
    let back = try state.pressing("Enter")
    #expect(back.plan.target == 9_772_867 && back.plan.order == .easiest)
    #expect(back.plan.override(of: 3)?.action == .drop)
    #expect(try back.pressing("u").plan == state.plan)
    let compared = try state.pressing("j b")
    #expect(compared.baseline.label == "plan 3" && compared.plan == state.plan)
    #expect(compared.counts.cut > 0)
    for keys in ["j j", "G"] {
      for key in ["Enter", "b"] {
        let after = try state.pressing("\(keys) \(key)")
        #expect(after.plan == state.plan && after.message?.text.contains("cannot be used") == true)
      }
    }
    #expect(try state.pressing("G j j").screenText.contains("another clustering"))
    #expect(try state.pressing("Escape").screen == .concepts)
    // A commit is in the list at the next look.
    let (_, work) = update(try state.pressing("Escape c y"), .key("H"))
    #expect(
      work.contains {
        if case .start(_, is HistoryQuestion) = $0 { true } else { false }
      })
  }

  @Test func quittingKeepsADraft() throws {
    let state = try Fixture.state()
    let changed = try state.pressing("+")
    let asked = try changed.pressing("q")
    for text in ["s", "c", "y", "n"] { #expect(asked.screenText.contains("\(text)  ")) }
    let saved = try asked.pressing("s")
    #expect(saved.isFinished && saved.draft == changed.plan)
    #expect(try asked.pressing("Down Enter").isFinished)
    #expect(try asked.pressing("Tab Tab Enter").context == .commit)
    #expect(try asked.pressing("c").context == .commit)
    #expect(try asked.pressing("Up Enter").draft == nil)
    #expect(!(try asked.pressing("d").isFinished))
    let full = try Fixture.state(storeObstacle: "ws/plans: it cannot be written to")
    let stuck = try full.pressing("+ q s")
    #expect(!stuck.isFinished && stuck.message?.text.contains("cannot be written") == true)
    #expect(try full.pressing("+ q").screenText.contains("cannot be written"))
  }

  @Test func aDraftIsOfferedTakenLeftOrDeleted() throws {
    let draft = Plan(target: 9_772_867)
    var state = try Fixture.state(draft: draft)
    #expect(state.context == .concepts)
    state.offerDraft()
    #expect(state.context == .dialogue)
    #expect(state.screenText.contains("9,772,867"))
    let taken = try state.pressing("y")
    #expect(taken.plan.target == draft.target && taken.isUnsaved)
    // It is still there, so leaving loses nothing.
    #expect(try taken.pressing("q").isFinished)
    #expect(try taken.pressing("u").plan == state.plan)
    let left = try state.pressing("n")
    #expect(left.plan == state.plan && left.draft == draft)
    #expect(try left.pressing("O").context == .dialogue)
    let gone = try state.pressing("d")
    #expect(gone.draft == nil && gone.message?.text.contains("deleted") == true)
    #expect(try gone.pressing("O").message?.text.contains("no draft") == true)
    #expect(try taken.pressing("c y").draft == nil)
  }

  private final class Seen: @unchecked Sendable {
    // Sound: scripts do their work on one thread.
    var order: CommitOrder?
  }
}
