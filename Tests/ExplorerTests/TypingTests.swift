// Pasting, copying, suspending: what other programs give and take.

import Explorer
import Testing

@Suite struct TypingTests {
  private let runner = ScriptRunner(performer: InstantWork())

  @Test func aPasteIsTextAndAcceptsNothing() throws {
    let prompt = try Fixture.state().pressing("n")
    let pasted = runner.settle(prompt, .paste("84\n,\u{1B}[A000\r\n"))
    #expect(pasted.context == .prompt && pasted.plan == prompt.plan)
    #expect(pasted.screenText.contains("84 , [A000"))
    let number = runner.settle(prompt, .paste("  400000\n"))
    let accepted = try number.pressing("Enter")
    #expect(accepted.plan.target == 400_000)
    let long = runner.settle(prompt, .paste(String(repeating: "1", count: 5_000)))
    #expect(long.screenText.contains(String(repeating: "1", count: 40)))
  }

  @Test(arguments: ["", "S", "+ c", "+ q", "?"])
  func aPastePressesNoKeys(_ keys: String) throws {
    let state = try Fixture.state().pressing(keys)
    let after = runner.settle(state, .paste("dGyq\n"))
    #expect(after.plan == state.plan && after.context == state.context)
    #expect(!after.isFinished && after.cursor == state.cursor)
    #expect(after.message?.isWarning == true)
  }

  @Test func aPasteFiltersThePalette() throws {
    let state = runner.settle(try Fixture.state().pressing(":"), .paste("undo"))
    #expect(state.context == .palette && state.screenText.contains("Undo the last change"))
  }

  @Test(arguments: ["", "D"])
  func theConceptIsCopied(_ keys: String) throws {
    let state = try Fixture.state().pressing(keys + " y")
    let cursor = try #require(state.cursor)
    #expect(state.clipboard.copies == 1)
    #expect(state.clipboard.text.hasPrefix("\(cursor) "))
    #expect(state.message?.text == "copied: \(state.clipboard.text)")
    #expect(try state.pressing("y").clipboard.copies == 2)
  }

  @Test func theKeyOfTheRowIsCopied() throws {
    let state = try Fixture.state().pressing(Fixture.middle + " I j j j y")
    let cluster = try #require(state.cursor)
    #expect(state.clipboard.text == MadeUpRows(cluster: cluster).line(3, rank: 3).rowKey)
  }

  /// A name from a caption with an escape sequence is copied without it.
  @Test func noControlCharacterIsCopied() throws {
    var state = try Fixture.state()
    for _ in 0..<60 {
      state = try state.pressing("j y")
      #expect(
        state.clipboard.text.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        })
    }
    #expect(state.clipboard.copies == 60)
  }

  @Test func inAQuestionYStaysYes() throws {
    let state = try Fixture.state().pressing("+ q y")
    #expect(state.isFinished && state.clipboard.copies == 0)
  }

  @Test func aTerminalWithoutAClipboardIsNamed() throws {
    let state = runner.settle(try Fixture.state().pressing("y"), .copyRefused)
    #expect(state.message?.isWarning == true)
  }

  @Test(arguments: ["", "n 1 2", "?", "S", ":", "+ c"])
  func suspendingIsPossibleEverywhereAndChangesNothing(_ keys: String) throws {
    let state = try Fixture.state().pressing(keys)
    let after = try state.pressing("Ctrl-Z")
    #expect(after.suspensions == state.suspensions + 1)
    #expect(after.context == state.context && after.plan == state.plan)
  }
}
