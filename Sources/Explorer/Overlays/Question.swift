// Questions with a few answers, each with a key of its own. The first answer is the harmless one:
// the highlight begins there.

import Canvas
import Pruning

struct Question: Sendable {
  struct Answer: Sendable {
    let key: Character
    let text: String
    /// Why it cannot be given.
    var obstacle: String?
    var taken: @Sendable (inout State) -> Void = { _ in }
  }

  let heading: String
  /// What is said before the answers.
  let facts: @Sendable (State) -> [String]
  let answers: [Answer]
  var index = 0

  /// Quitting with a plan that is neither committed nor a draft.
  static func quit(_ state: State) -> Question {
    let obstacle = state.storeObstacle
    return Question(
      heading: "Quit?",
      facts: { state in
        let change = state.difference(
          from: state.committed?.plan ?? state.opening, to: state.plan)
        let words = ["This plan is not committed: \(change)."]
        if let obstacle { return words + ["No draft can be saved: \(obstacle)"] }
        return state.draft == nil ? words : words + ["Saving it replaces the existing draft."]
      },
      answers: [
        Answer(key: "n", text: "stay"),
        Answer(
          key: "s", text: "save it as a draft and quit",
          obstacle: obstacle.map { "a draft cannot be saved: \($0)" }
        ) { $0.start(DraftOrder(plan: $0.plan)) },
        Answer(key: "c", text: "commit it first") { $0.openCommit() },
        Answer(key: "y", text: "quit and discard it") { $0.isFinished = true },
      ])
  }

  /// A draft was left by an earlier session.
  static func draft(_ draft: Plan) -> Question {
    Question(
      heading: "There is a saved draft",
      facts: { state in
        let changes = state.differences(from: state.plan, to: draft)
        let rest = changes.count > 3 ? ["and \(changes.count - 3) more"] : []
        return ["Compared with the plan on the screen:"] + changes.prefix(3) + rest
      },
      answers: [
        Answer(key: "n", text: "leave it; O opens it later"),
        Answer(key: "y", text: "take it") { $0.takeDraft(draft) },
        Answer(key: "d", text: "delete it") { $0.start(DraftOrder(plan: nil)) },
      ])
  }

  /// The row that was looked for is in another concept.
  static func elsewhere(_ hit: FoundRow, _ place: RankedRow) -> Question {
    Question(
      heading: "It is in another concept",
      facts: { _ in
        [
          "\(hit.rowKey) is row \(thousands(hit.row)), in concept \(place.cluster) at "
            + "rank \(thousands(place.rank))."
        ]
      },
      answers: [
        Answer(key: "n", text: "stay here"), Answer(key: "y", text: "go there") { $0.goTo(hit) },
      ])
  }
}

extension State {
  mutating func moveQuestion(_ step: Int) {
    guard case .question(var question)? = overlay else { return }
    let count = question.answers.count
    question.index = (question.index + step + count) % count
    overlay = .question(question)
  }

  /// Takes the answer with this key.
  mutating func answerQuestion(_ key: Character) {
    guard case .question(let question)? = overlay else { return }
    guard let answer = question.answers.first(where: { $0.key == key }) else {
      let keys = question.answers.map { "\($0.key)" }.joined(separator: ", ")
      return warn("\(key) is not an answer here; type \(keys)")
    }
    if let obstacle = answer.obstacle { return warn(obstacle) }
    overlay = nil
    answer.taken(&self)
  }

  /// Asks whether the draft of an earlier session is wanted, if there is one.
  public mutating func offerDraft() {
    if let draft, draft != plan { overlay = .question(.draft(draft)) }
  }

  fileprivate mutating func takeDraft(_ draft: Plan) {
    let before = plan
    guard propose(draft) else { return }
    say("using the draft: \(difference(from: before, to: draft)); u brings the other plan back")
  }
}

/// Store a plan as the draft, in place of what is there; nil takes the draft away.
public struct DraftOrder: Request {
  package let plan: Plan?

  /// Whether it is as was asked.
  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Bool? {
    if let plan { try work.plans.saveDraft(plan) } else { try work.plans.removeDraft() }
    return true
  }

  public func receive(_ answer: Bool, _ state: inout State) {
    state.draft = plan
    if plan == nil { state.say("the draft is deleted") } else { state.isFinished = true }
  }
}

/// Draws a question into the middle of a region; in a low one the answers stay.
func drawQuestion(_ state: State, _ question: Question, _ region: Region, _ grid: inout Grid) {
  let answers = question.answers
  let room = max(20, region.width - 6)
  let all = question.facts(state)
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
    let isOff = answer.obstacle != nil
    let (row, ground) = drawLine(y, of: inside, isHere: isHere, &grid)
    grid.mark(.key(String(answer.key)), row)
    grid.draw("\(answer.key)", inside.x + 1, y, Style(isOff ? .dim : .accent, .bold, on: ground))
    grid.draw(
      answer.text, inside.x + 4, y, Style(isOff ? .dim : .plain, isHere ? .bold : [], on: ground),
      limit: inside.width - 4)
  }
}
