// Actions of the questions that lie above a screen: committing, quitting, drafts.

import Canvas

extension Actions {
  static let dialogues: [Action] = [
    Action(
      "question.yes", ["y"], "yes", help: "Yes: write it, use it, or quit at once", rank: 0
    ) { $0.answer("y") },
    Action("question.no", ["n"], "no", help: "No: leave everything as it is", rank: 1) {
      $0.answer("n")
    },
    Action(
      "question.accept", [.enter], "take it",
      help: "Choose the highlighted answer (first: no)", rank: 6
    ) { $0.acceptAnswer() },
    Action(
      "question.turn", [.left, .right, .tab, .backTab, "h", "l"], "choose",
      help: "Move the highlight between the answers", rank: 7, shown: "← →"
    ) { $0.turnAnswer() },
    Action(
      "commit.down", [.down, "j"], "format",
      help: "The next format, or the next answer", rank: 3, shown: "↑ ↓"
    ) { $0.moveDialogue(1) },
    Action(
      "commit.up", [.up, "k"], "up", help: "The previous format or answer"
    ) { $0.moveDialogue(-1) },
    Action(
      "commit.toggle", [" "], "on, off", on: [.commit],
      help: "Select or deselect this format", rank: 2
    ) { $0.toggleFormat() },
    Action(
      "question.format", ["f"], "next format", on: [.commit],
      help: "Select only the next format", rank: 8
    ) { $0.changeFormat() },
    Action(
      "commit.path", ["p"], "path", on: [.commit], help: "Type the path of the lists", rank: 4
    ) { $0.overlay = .prompt(.path($0.outputs.base)) },
    Action(
      "commit.note", ["N"], "note", on: [.commit], help: "Type a note for the history", rank: 5
    ) { $0.overlay = .prompt(.commitNote($0.commitNote)) },
    Action(
      "question.commit", ["c"], "commit first", on: [.dialogue], help: "Quit: commit first"
    ) { $0.answer("c") },
    Action(
      "question.draft", ["s"], "save draft", on: [.dialogue], help: "Quit: save the plan as a draft"
    ) { $0.answer("s") },
    Action(
      "question.delete", ["d"], "delete", on: [.dialogue], help: "Draft: delete it"
    ) { $0.answer("d") },
  ].on([.dialogue, .commit], .answering)
}

extension State {
  mutating func answer(_ key: Character) {
    guard case .commit? = overlay else { return answerQuestion(key) }
    if key == "y" { acceptCommit() } else { overlay = nil }
  }

  mutating func acceptAnswer() {
    switch overlay {
    case .commit(let dialogue)?: answer(dialogue.isYes ? "y" : "n")
    case .question(let question)?: answerQuestion(question.answers[question.index].key)
    default: break
    }
  }

  mutating func turnAnswer() {
    if case .commit(var dialogue)? = overlay {
      dialogue.isYes.toggle()
      overlay = .commit(dialogue)
    } else {
      moveQuestion(1)
    }
  }

  mutating func moveDialogue(_ step: Int) {
    if case .commit? = overlay { moveCommitLine(step) } else { moveQuestion(step) }
  }
}

extension Prompt {
  /// The path of the lists of a commit.
  static func path(_ text: String) -> Prompt {
    ofCommit("path", text, hint: "the formats add their extensions") { state, text in
      let name = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      guard !name.isEmpty else {
        return state.warn("path: expected a file name, found \"\(visible(text))\"")
      }
      state.outputs.setPath(text)
      state.openCommit()
    }
  }

  /// A note beside a commit, in the history.
  static func commitNote(_ text: String) -> Prompt {
    ofCommit("note", text, hint: "shown in the history with the plan") {
      $0.commitNote = $1
      $0.openCommit()
    }
  }

  /// A prompt with the question of the commit behind it.
  private static func ofCommit(
    _ label: String, _ text: String, hint: String,
    accepted: @escaping @Sendable (inout State, String) -> Void
  ) -> Prompt {
    Prompt(
      label: label, text: text, longest: 1024, hint: { _, _ in (hint, .dim) },
      closed: { $0.openCommit() }, accepted: accepted)
  }
}
