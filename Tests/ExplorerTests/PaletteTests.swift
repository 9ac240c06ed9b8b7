// The palette finds every action and does it as its key would.

import Explorer
import Testing

@Suite struct PaletteTests {
  private let runner = ScriptRunner(performer: InstantWork())

  private func typing(_ text: String, _ state: State) throws -> State {
    runner.settle(try state.pressing(":"), .paste(text))
  }

  @Test func everyActionOfAScreenIsThereAndDoesWhatItsKeyDoes() throws {
    for screen in Screens.all {
      let start = try Fixture.state().pressing("+ " + screen.key.text)
      for action in Actions.all where action.contexts.contains(start.context) {
        guard action.id != "palette" else { continue }
        let found = try typing(action.help, start)
        #expect(found.screenText.contains("▸") && found.context == .palette)
        let byName = try found.pressing("Enter")
        let byKey = try start.pressing(action.keys[0].text)
        if case .no(let reason) = action.isAvailable(start) {
          #expect(byName.message?.text == reason, "\(action.id)")
          #expect(byName.context == .palette, "\(action.id)")
        } else {
          #expect(byName.screenText == byKey.screenText, "\(action.id) on \(screen.context)")
          #expect(byName.plan == byKey.plan && byName.isFinished == byKey.isFinished)
        }
      }
    }
  }

  @Test(arguments: [
    ("strategy", "Choose the strategy"), ("undo", "Undo the last change"),
    ("tau up", "Raise temperature τ"), ("cmt", "Write the keep list"), ("HELP", "All keys"),
  ])
  func theBestIsFirst(_ query: String, _ help: String) throws {
    let state = try typing(query, try Fixture.state().pressing("+"))
    let lines = state.screenText.split(separator: "\n")
    #expect(
      lines.contains { $0.contains("▸") && $0.contains(help) }, "\(query):\n\(state.screenText)")
  }

  @Test func whatDoesNotFitSaysSo() throws {
    let state = try typing("zzzqqq", try Fixture.state())
    #expect(state.screenText.contains("no action has that name"))
    let refused = try state.pressing("Enter")
    #expect(refused.message?.isWarning == true && refused.context == .palette)
    #expect(try state.pressing("Escape").context == .concepts)
    #expect(try state.pressing("Ctrl-U").screenText.contains("type part of its name"))
  }

  @Test func theHighlightGoesRound() throws {
    let state = try Fixture.state().pressing(":")
    #expect(try state.pressing("Up Down").screenText == state.screenText)
    #expect(try state.pressing("Up").screenText != state.screenText)
    #expect(try state.pressing("Tab BackTab").screenText == state.screenText)
  }

  @Test func disabledOnesSayWhy() throws {
    let state = try typing("undo", try Fixture.state())
    #expect(state.screenText.contains("there is nothing to undo"))
  }
}
