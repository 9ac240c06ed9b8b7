// Questions with a few answers, each with a key of its own. The first answer is the harmless one:
// the highlight begins there.

import Canvas
import Pruning

/// A question above the screen.
struct Question: Sendable, Equatable {
  enum Purpose: Sendable, Equatable {
    /// Quitting with a plan that is neither committed nor a draft.
    case quit
    /// A draft was left by an earlier session.
    case draft(Plan)
    /// The row that was looked for is in another concept.
    case elsewhere(FoundRow)
  }

  /// One answer.
  struct Answer: Sendable, Equatable {
    let key: Character
    let text: String
  }

  var purpose: Purpose
  /// The highlighted answer.
  var index = 0

  var heading: String {
    switch purpose {
    case .quit: "Quit?"
    case .draft: "A draft was left here"
    case .elsewhere: "It is in another concept"
    }
  }

  var answers: [Answer] {
    switch purpose {
    case .quit:
      [
        Answer(key: "n", text: "stay"), Answer(key: "s", text: "save it as a draft and quit"),
        Answer(key: "c", text: "commit it first"), Answer(key: "y", text: "quit and forget it"),
      ]
    case .draft:
      [
        Answer(key: "n", text: "leave it; O takes it later"), Answer(key: "y", text: "take it"),
        Answer(key: "d", text: "delete it"),
      ]
    case .elsewhere: [Answer(key: "n", text: "stay here"), Answer(key: "y", text: "go there")]
    }
  }
}

extension State {
  mutating func ask(_ purpose: Question.Purpose) { overlay = .question(Question(purpose: purpose)) }

  mutating func moveQuestion(_ step: Int) {
    guard case .question(var question)? = overlay else { return }
    let count = question.answers.count
    question.index = (question.index + step + count) % count
    overlay = .question(question)
  }

  /// Takes the answer with this key.
  mutating func answerQuestion(_ key: Character) {
    guard case .question(let question)? = overlay else { return }
    guard question.answers.contains(where: { $0.key == key }) else {
      let keys = question.answers.map { "\($0.key)" }.joined(separator: ", ")
      warn("\(key) is no answer here; \(keys) are")
      return
    }
    if key == "s", let reason = storeObstacle {
      warn("a draft cannot be saved: \(reason)")
      return
    }
    overlay = nil
    switch (question.purpose, key) {
    case (.quit, "s"): start(DraftOrder(plan: plan))
    case (.quit, "c"): openCommit()
    case (.quit, "y"): isFinished = true
    case (.draft(let plan), "y"): takeDraft(plan)
    case (.draft, "d"): start(DraftOrder(plan: nil))
    case (.elsewhere(let hit), "y"): goTo(hit)
    default: break
    }
  }

  /// What the question says before its answers.
  func facts(_ question: Question) -> [String] {
    switch question.purpose {
    case .quit:
      let words = ["This plan is not committed: \(difference(from: savedPlan, to: plan))."]
      if let reason = storeObstacle { return words + ["No draft can be saved: \(reason)"] }
      return draft == nil ? words : words + ["Saving it replaces the draft that is there."]
    case .draft(let draft):
      let changes = differences(from: plan, to: draft)
      let rest = changes.count > 3 ? ["and \(changes.count - 3) more"] : []
      return ["Against the plan on the screen:"] + changes.prefix(3) + rest
    case .elsewhere(let hit):
      return [
        "\(hit.rowKey) is row \(thousands(hit.row)), in concept \(hit.ranked?.cluster ?? 0) at "
          + "rank \(thousands(hit.ranked?.rank ?? 0))."
      ]
    }
  }

  /// The plan that counts as saved.
  var savedPlan: Plan { committed?.plan ?? opening }

  /// Whether quitting would lose the plan.
  var losesPlan: Bool { isUnsaved && plan != draft }

  /// Asks whether the draft of an earlier session is wanted, if there is one.
  public mutating func offerDraft() {
    if let draft, draft != plan { ask(.draft(draft)) }
  }

  private mutating func takeDraft(_ draft: Plan) {
    let before = plan
    guard propose(draft) else { return }
    say("the draft is the plan: \(difference(from: before, to: draft)); u brings the other back")
  }
}

/// Draws a question into the middle of a region; in a low one the answers stay.
func drawQuestion(_ state: State, _ question: Question, _ region: Region, _ grid: inout Grid) {
  let answers = question.answers
  let room = max(20, region.width - 6)
  let all = state.facts(question)
  let widest = (all + answers.map { "   \($0.key)  \($0.text)" }).map { columns(of: $0) }.max() ?? 0
  let width = min(room, max(widest, columns(of: question.heading) + 4))
  let facts = all.flatMap { wrap($0, width) }
  let shown = facts.prefix(max(0, region.height - 2 - answers.count))
  let inside = raise(
    question.heading, width: width, lines: shown.count + answers.count, region, &grid)
  for (line, fact) in shown.enumerated() {
    grid.draw(fact, inside.x, inside.y + line, Style(.plain, on: .raised), limit: inside.width)
  }
  for (index, answer) in answers.enumerated() {
    let y = inside.y + shown.count + index
    let isHere = index == question.index
    let ground: Ground = isHere ? .cursor : .raised
    let isOff = answer.key == "s" && state.storeObstacle != nil
    let whole = Region(x: inside.x - 2, y: y, width: inside.width + 4, height: 1)
    grid.mark(.key(String(answer.key)), whole)
    if isHere {
      grid.fill(whole, Style(.plain, on: .cursor))
      grid.draw("▸", inside.x - 1, y, Style(.accent, .bold, on: .cursor))
    }
    grid.draw("\(answer.key)", inside.x + 1, y, Style(isOff ? .dim : .accent, .bold, on: ground))
    grid.draw(
      answer.text, inside.x + 4, y, Style(isOff ? .dim : .plain, isHere ? .bold : [], on: ground),
      limit: inside.width - 4)
  }
}
