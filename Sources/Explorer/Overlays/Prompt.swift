// A line to type into: what each prompt is for, and what Enter makes of it. What cannot be done
// stays in the prompt, with a reason. (What it says about the text so far: Prompt+Hints.)

import Canvas
import Pruning

/// A line to type into.
struct Prompt: Sendable, Equatable {
  enum Purpose: Sendable, Equatable {
    case target, minimum, share
    /// Of a row of the cursor's concept, to go to.
    case rank
    /// Of these concepts, whatever is marked by the time of Enter; ascending.
    case pin([Int])
    case weight([Int])
    case note([Int])
    /// What Escape brings back: the filter, and the concept that the cursor was on.
    case filter(before: Filter, cursor: Int?)
    /// Of the lists of a commit.
    case path
    /// Beside a commit, in the history.
    case commitNote
    /// Of a row to go to.
    case rowKey
    /// Words in the captions of the cursor's concept.
    case search
    /// A key or words in the whole data set.
    case find
  }
  var purpose: Purpose
  var text = ""

  /// The characters that it takes.
  var longest: Int {
    switch purpose {
    case .note, .filter: 200
    case .path, .commitNote, .rowKey, .search, .find: 1024
    default: 64
    }
  }

  /// What stands before the text.
  var label: String {
    switch purpose {
    case .target: "target"
    case .minimum: "minimum"
    case .share: "share"
    case .rank: "rank"
    case .pin(let concepts): "pin \(whom(concepts))"
    case .weight(let concepts): "weight of \(whom(concepts))"
    case .note(let concepts): "note to \(whom(concepts))"
    case .filter: "filter /"
    case .path: "path"
    case .commitNote: "note"
    case .rowKey: "key"
    case .search: "search"
    case .find: "find"
    }
  }

  private func whom(_ concepts: [Int]) -> String {
    concepts.count == 1 ? "\(concepts[0])" : "\(thousands(concepts.count)) marked concepts"
  }
}

extension State {
  /// Changes the text of the prompt; a filter is applied at once.
  mutating func editPrompt(_ change: (inout String) -> Void) {
    guard case .prompt(var prompt)? = overlay else { return }
    change(&prompt.text)
    overlay = .prompt(prompt)
    if case .filter(_, let cursor) = prompt.purpose { filterAsTyped(prompt.text, cursor: cursor) }
  }

  /// Takes away what lies above the screen, and what it has changed so far.
  mutating func closeOverlay() {
    if case .prompt(let prompt)? = overlay, case .filter(let before, let cursor) = prompt.purpose {
      apply(before, cursor: cursor)
    }
    if case .prompt(let prompt)? = overlay, prompt.purpose.belongsToCommit {
      return openCommit()
    }
    overlay = nil
  }

  /// The plan that a prompt's text asks for.
  func wish(_ prompt: Prompt) throws(PlanError) -> Plan {
    var changed = plan
    switch prompt.purpose {
    case .target:
      changed.target = try TargetWish.target(
        prompt.text, from: plan.target, candidates: subject.candidates)
    case .minimum: changed.minimum = try BoundWish.minimum(prompt.text)
    case .share: changed.share = try BoundWish.share(prompt.text)
    case .rank, .filter, .path, .commitNote, .rowKey, .search, .find: break
    case .pin(let concepts):
      let action = try OverrideWish.pin(prompt.text, of: concepts, size: subject.scores.size)
      changed = plan.overriding(concepts, action, clustering: subject.clustering)
    case .weight(let concepts):
      let weight = try OverrideWish.weight(prompt.text)
      if weight == 1 {
        changed.setOverrides(of: concepts) { _, old in
          if case .weight? = old?.action { nil } else { old }
        }
      } else {
        changed = plan.overriding(concepts, .weight(weight), clustering: subject.clustering)
      }
    case .note(let concepts): changed = noting(concepts, prompt.text)
    }
    return changed
  }

  mutating func acceptPrompt() {
    guard case .prompt(let prompt)? = overlay, !acceptWords(prompt) else { return }
    switch prompt.purpose {
    case .rank:
      guard let rank = rank(prompt.text) else {
        warn("rank: expected \(invitation(.rank)), found \"\(visible(prompt.text))\"")
        return
      }
      overlay = nil
      goTo(rank: rank)
      return
    case .filter:
      do throws(FilterError) {
        _ = try Filter(parsing: prompt.text, subject)
        overlay = nil
      } catch { warn(visible(error.text)) }
      return
    default: break
    }
    do {
      let changed = try wish(prompt)
      overlay = nil
      if changed == plan { say("that is how the plan is already") } else { propose(changed) }
    } catch {
      warn(error.description)
    }
  }
}

/// Draws a prompt into row `y`, with what the text would mean behind it.
func drawPrompt(_ state: State, _ prompt: Prompt, y: Int, _ grid: inout Grid) {
  grid.fill(
    Region(x: 0, y: y, width: grid.width, height: 1), Style(.plain, on: .raised))
  let gap = prompt.label.hasSuffix("/") ? "" : " "
  var x = grid.draw(prompt.label + gap, 1, y, Style(.accent, .bold, on: .raised))
  let hint = state.hint(prompt)
  // What is typed last is always to be seen.
  let room = max(grid.width / 2, grid.width - x - 4 - columns(of: hint.text))
  let text = ending(of: prompt.text, max(1, min(room, grid.width - x - 2)))
  x = grid.draw(text, x, y, Style(.plain, .bold, on: .raised))
  x = grid.draw(" ", x, y, Style(.plain, .reverse, on: .raised))
  grid.draw(hint.text, x + 2, y, Style(hint.role, on: .raised), limit: max(0, grid.width - x - 3))
}
