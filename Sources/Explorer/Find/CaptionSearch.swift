// Searching the captions of the cursor's concept, in the plan's order, from the cursor on and
// around. It goes in parts that grow, so that a near match comes at once and a far one soon.

import Canvas
import Pruning

/// A part of a search through a concept's captions.
public struct SearchQuestion: Sendable, Equatable {
  public let cluster: Int
  public let order: Order
  public let seed: UInt64
  public let text: String
  public let backwards: Bool
  /// The ranks of this part.
  public let ranks: Range<Int>
  /// Ranks that are searched when this part is done, of all.
  let done: Int
}

extension State {
  /// Searches on from the cursor, the cursor's row last.
  mutating func search(backwards: Bool) {
    guard let cluster = cursor, !captionSearch.isEmpty else { return }
    settleItems()
    let rows = subject.scores.size[cluster]
    searchOn(
      cluster, backwards: backwards, from: backwards ? items.rank : items.rank + 1, done: 0,
      part: 1 << 12, rows: rows)
  }

  /// Asks for the next part: upwards it begins at `from`, backwards it ends before it.
  private mutating func searchOn(
    _ cluster: Int, backwards: Bool, from: Int, done: Int, part: Int, rows: Int
  ) {
    guard done < rows else {
      warn("no caption of concept \(cluster) has \"\(visible(captionSearch))\"")
      return
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
      .search(
        SearchQuestion(
          cluster: cluster, order: plan.order, seed: plan.selectionSeed, text: captionSearch,
          backwards: backwards, ranks: ranks, done: done + ranks.count)))
  }

  /// The part of the concept that the search under way has behind it.
  var searchedPart: Double? {
    guard case .search(let question)? = running[.search]?.request else { return nil }
    let rows = max(1, subject.scores.size[question.cluster])
    return Double(question.done - question.ranks.count) / Double(rows)
  }

  /// Takes the rank of a match in, or searches on.
  mutating func take(_ rank: Int?, of question: SearchQuestion) {
    guard question.cluster == cursor, question.order == plan.order,
      question.seed == plan.selectionSeed, question.text == captionSearch
    else { return }
    let rows = subject.scores.size[question.cluster]
    if let rank {
      let isSame = rank == items.rank
      goTo(rank: rank)
      if isSame { say("this is the only row with \"\(visible(captionSearch))\"") }
      return
    }
    searchOn(
      question.cluster, backwards: question.backwards,
      from: question.backwards ? question.ranks.lowerBound : question.ranks.upperBound,
      done: question.done, part: min(1 << 18, question.ranks.count * 4), rows: rows)
  }
}
