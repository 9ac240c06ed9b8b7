// Actions of the questions that lie above a screen: committing, quitting, drafts.

extension Actions {
  static let dialogues: [Action] = [
    Action(
      "question.yes", ["y"], [.dialogue, .commit], .answering, label: "yes",
      help: "Yes: write it, take it, or quit at once", barRank: 0
    ) { $0.answer("y") },
    Action(
      "question.no", ["n"], [.dialogue, .commit], .answering, label: "no",
      help: "No: leave all as it is",
      barRank: 1
    ) { $0.answer("n") },
    Action(
      "question.accept", [.enter], [.dialogue, .commit], .answering, label: "take it",
      help: "Take the highlighted answer (first: no)", barRank: 6
    ) { $0.acceptAnswer() },
    Action(
      "question.turn", [.left, .right, .tab, .backTab, "h", "l"], [.dialogue, .commit], .answering,
      label: "choose", help: "Move the highlight between the answers", barRank: 7, barKeys: "← →"
    ) { $0.turnAnswer() },
    Action(
      "commit.down", [.down, "j"], [.dialogue, .commit], .answering, label: "format",
      help: "The next format, or the next answer", barRank: 3, barKeys: "↑ ↓"
    ) { $0.moveDialogue(1) },
    Action(
      "commit.up", [.up, "k"], [.dialogue, .commit], .answering, label: "up",
      help: "The previous format or answer"
    ) { $0.moveDialogue(-1) },
    Action(
      "commit.toggle", [" "], [.commit], .answering, label: "on, off",
      help: "Write this format, or do not", barRank: 2
    ) { $0.toggleFormat() },
    Action(
      "question.format", ["f"], [.commit], .answering, label: "next format",
      help: "Write the next format alone", barRank: 8
    ) { $0.changeFormat() },
    Action(
      "commit.path", ["p"], [.commit], .answering, label: "path",
      help: "Type the path of the lists", barRank: 4
    ) { $0.overlay = .prompt(Prompt(purpose: .path, text: $0.outputs.base)) },
    Action(
      "commit.note", ["N"], [.commit], .answering, label: "note",
      help: "Type a note for the history", barRank: 5
    ) { $0.overlay = .prompt(Prompt(purpose: .commitNote, text: $0.commitNote)) },
    Action(
      "question.commit", ["c"], [.dialogue], .answering, label: "commit first",
      help: "Quit: commit first"
    ) { $0.answer("c") },
    Action(
      "question.draft", ["s"], [.dialogue], .answering, label: "save draft",
      help: "Quit: save the plan as a draft"
    ) { $0.answer("s") },
    Action(
      "question.delete", ["d"], [.dialogue], .answering, label: "delete",
      help: "Draft: delete it"
    ) { $0.answer("d") },
  ]
}

extension State {
  /// Gives an answer by its key.
  mutating func answer(_ key: Character) {
    guard case .commit? = overlay else { return answerQuestion(key) }
    switch key {
    case "y": acceptCommit()
    case "n": overlay = nil
    default: break
    }
  }

  /// Gives the highlighted answer.
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
