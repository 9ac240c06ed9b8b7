// The nearest earlier row of each row so far, and what that means for it.

import Foundations

/// What is known of the rows of one search, by their places.
///
/// Not synchronised: while one thread writes at a place, others may only touch other places.
final class NearestEarlier: Sendable {
  let criterion: DuplicateCriterion
  let count: Int
  private let twins: SharedBuffer<UInt32>
  private let cosines: SharedBuffer<Double>

  /// - Complexity: 12 bytes a row.
  init(_ count: Int, _ criterion: DuplicateCriterion) {
    self.count = count
    self.criterion = criterion
    twins = SharedBuffer(uninitialized: count)
    for place in 0..<count { twins[place] = UInt32(place) }
    cosines = SharedBuffer(repeating: -.infinity, count: count)
  }

  /// The cosine from which on an earlier row could change what is known; nil when none can: later
  /// columns are later in the order, too.
  func wanted(_ place: Int) -> Double? {
    let cosine = cosines[place]
    if cosine > criterion.sameness { return nil }
    return max(cosine, criterion.threshold - DuplicateCriterion.closeness)
  }

  /// Takes the cosine with an earlier row; of equally near ones the first that came stays.
  func offer(_ place: Int, _ other: UInt32, _ cosine: Double) {
    guard criterion.nearness(cosine) > criterion.nearness(cosines[place]) else { return }
    twins[place] = other
    cosines[place] = cosine
  }

  func isDropped(_ place: Int) -> Bool { cosines[place] > criterion.threshold }

  /// Whether a row is one that later ones are compared with.
  func isColumn(_ place: Int) -> Bool { criterion.rule == .chain || !isDropped(place) }

  func result() -> Duplicates {
    var found = Duplicates(
      twins: twins.elements, cosines: cosines.elements, closeDecisions: 0)
    for place in 0..<count {
      if abs(cosines[place] - criterion.threshold) <= DuplicateCriterion.closeness {
        found.closeDecisions += 1
      }
      if isDropped(place) { continue }
      found.twins[place] = UInt32(place)
      found.cosines[place] = 1
    }
    return found
  }
}
