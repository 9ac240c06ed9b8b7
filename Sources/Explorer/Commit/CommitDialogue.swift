// The question before a commit: which formats, where, what is there, a note. Nothing is written
// before it is answered, and the answer begins as no.

/// The question before a commit; formats, path and note are the state's own and outlive it.
struct CommitDialogue: Sendable, Equatable {
  var line = 0
  /// What lies at each path that has been looked at.
  var there: [String: OutputState] = [:]
  /// Where the plan would be stored, and what is in the way; nil until it is known.
  var store: Inspection?
  var isYes = false
}

extension State {
  /// Opens the question, or brings it up to date with formats and path.
  mutating func openCommit() {
    var dialogue = CommitDialogue()
    if case .commit(let open)? = overlay { dialogue = open }
    dialogue.line = dialogue.line == 0 ? firstChosenLine : dialogue.line
    overlay = .commit(dialogue)
    start(InspectQuestion(outputs: outputs.all))
  }

  private var firstChosenLine: Int {
    outputs.formats.firstIndex(where: outputs.chosen.contains) ?? 0
  }

  mutating func moveCommitLine(_ step: Int) {
    guard case .commit(var dialogue)? = overlay, !outputs.formats.isEmpty else { return }
    let count = outputs.formats.count
    dialogue.line = (dialogue.line + step + count) % count
    overlay = .commit(dialogue)
  }

  mutating func toggleFormat() {
    guard case .commit(let dialogue)? = overlay, !outputs.formats.isEmpty else { return }
    outputs.toggle(outputs.formats[dialogue.line])
    openCommit()
  }

  /// The next format alone.
  mutating func changeFormat() {
    guard case .commit(var dialogue)? = overlay else { return }
    outputs.chooseNext()
    dialogue.line = firstChosenLine
    overlay = .commit(dialogue)
    openCommit()
  }

  /// Why the commit cannot be made now; nil when it can.
  func obstacle(_ dialogue: CommitDialogue) -> String? {
    if outputs.files.isEmpty { return "no format is selected; Space selects the highlighted one" }
    for file in outputs.files {
      if case .blocked(let reason)? = dialogue.there[file.output] { return reason }
    }
    if let obstacle = dialogue.store?.obstacle {
      return "the plan cannot be stored: \(obstacle)"
    }
    let isKnown =
      dialogue.store != nil && outputs.files.allSatisfy { dialogue.there[$0.output] != nil }
    return isKnown ? nil : "checking for existing files …"
  }

  mutating func acceptCommit() {
    guard case .commit(let dialogue)? = overlay else { return }
    if let obstacle = obstacle(dialogue) { return warn(obstacle) }
    overlay = nil
    let replace = outputs.files.contains { dialogue.there[$0.output] != .free }
    start(
      CommitOrder(
        plan: plan, outputs: outputs.files, note: commitNote.isEmpty ? nil : commitNote,
        replace: replace))
  }
}
