// Searching the captions of the cursor's concept, in the plan's order, from the cursor on and
// around. It goes in parts that grow, so that a near match comes at once and a far one soon.

import Canvas
import Pruning
import TextSearch
import Workspace

/// A part of a search through a concept's captions.
public struct SearchQuestion: Request {
  public let cluster: Int
  public let order: Order
  public let seed: UInt64
  public let text: String
  public let backwards: Bool
  /// The ranks of this part.
  public let ranks: Range<Int>
  /// Ranks that are searched when this part is done, of all.
  let done: Int

  public static var notice: String? { "searching the captions" }

  public struct Answer: Sendable, Equatable {
    /// Of the first match in the direction of the search; nil when this part has none.
    package let rank: Int?

    package init(rank: Int?) { self.rank = rank }
  }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Answer? {
    guard let pattern = TextPattern(text) else { return Answer(rank: nil) }
    // The part that is done is known to the state; zero would hide it.
    return Answer(
      rank: try work.workspace.rank(
        of: cluster, among: ranks, order: order, seed: seed, pattern: pattern,
        backwards: backwards, threads: work.threads, isCancelled: { false }))
  }

  public func partBefore(_ state: State) -> Double {
    Double(done - ranks.count) / Double(max(1, state.subject.scores.size[cluster]))
  }

  /// Goes to the match, or searches on.
  public func receive(_ answer: Answer, _ state: inout State) {
    guard cluster == state.cursor, order == state.plan.order, seed == state.plan.selectionSeed,
      text == state.items.captionSearch
    else { return }
    if let rank = answer.rank {
      let isSame = rank == state.items.rank
      state.goTo(rank: rank)
      if isSame { state.say("this is the only row with \"\(visible(text))\"") }
      return
    }
    state.searchOn(
      cluster, backwards: backwards, from: backwards ? ranks.lowerBound : ranks.upperBound,
      done: done, part: min(1 << 18, ranks.count * 4))
  }
}

extension State {
  /// Searches on from the cursor, the cursor's row last.
  mutating func search(backwards: Bool) {
    guard let cluster = cursor, !items.captionSearch.isEmpty else { return }
    settleItems()
    searchOn(
      cluster, backwards: backwards, from: backwards ? items.rank : items.rank + 1, done: 0,
      part: 1 << 12)
  }

  /// Asks for the next part: upwards it begins at `from`, backwards it ends before it.
  fileprivate mutating func searchOn(
    _ cluster: Int, backwards: Bool, from: Int, done: Int, part: Int
  ) {
    let rows = subject.scores.size[cluster]
    guard done < rows else {
      return warn("no caption in concept \(cluster) contains \"\(visible(items.captionSearch))\"")
    }
    let length = min(part, rows - done)
    let ranks: Range<Int>
    if backwards {
      let end = from <= 0 ? rows : from
      ranks = max(0, end - length)..<end
    } else {
      let begin = from >= rows ? 0 : from
      ranks = begin..<min(rows, begin + length)
    }
    start(
      SearchQuestion(
        cluster: cluster, order: plan.order, seed: plan.selectionSeed, text: items.captionSearch,
        backwards: backwards, ranks: ranks, done: done + ranks.count))
  }
}
