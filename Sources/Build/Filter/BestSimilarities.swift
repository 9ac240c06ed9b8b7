import Foundations

// The best part of some rows by similarity, found by counting: two passes over the rows count the
// upper and then the lower halves of the values' bits, which gives the worst value that stays and how
// many rows of just that value do.  Memory is that of the counts; the result is exact and the same
// for any order of blocks, but for the last pass, which needs the order of the rows for its ties.

/// The worst rank (``descendingBits(_:)`` of a similarity) that stays among the best, and how many rows of just that rank do.
package struct BestSimilarities: Sendable, Equatable {
  package let worst: UInt32
  package let ofWorst: Int

  /// - Parameters:
  ///   - count: how many rows shall stay, at most as many as are offered.
  ///   - forEachRank: calls its argument with the ranks of all rows that are offered; run twice.
  /// - Complexity: O(rows) time, 512 KiB of memory
  package init<Failure: Error>(
    count: Int, forEachRank: ((UInt32) -> Void) throws(Failure) -> Void
  ) throws(Failure) {
    var upper = [Int](repeating: 0, count: 1 << 16)
    try forEachRank { upper[Int($0 >> 16)] += 1 }
    let high = upper.bucket(ofRank: count)
    var lower = [Int](repeating: 0, count: 1 << 16)
    try forEachRank { if $0 >> 16 == high.bucket { lower[Int($0 & 0xFFFF)] += 1 } }
    let low = lower.bucket(ofRank: high.rank)
    worst = UInt32(high.bucket << 16 | low.bucket)
    ofWorst = low.rank
  }
}
