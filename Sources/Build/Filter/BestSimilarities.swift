import Foundations
import Tasks
import Workspace

// The best part of some rows by similarity, found by counting: two passes over the rows count the
// upper and then the lower halves of the values' bits, which gives the worst value that stays and how
// many rows of just that value do.  Memory is that of the counts; the result is exact and the same
// for any order of blocks, but for the last pass, which needs the order of the rows for its ties.

/// Where a similarity stands: the best first, missing ones last.
///
/// - Returns: a number that rises as the similarity falls; `UInt32.max` where it is missing.
package func similarityRank(_ similarity: Float) -> UInt32 {
  if similarity.isNaN { return .max }
  // A negative zero is a zero.
  let bits = (similarity + 0).bitPattern
  return bits >> 31 == 0 ? ~(bits | 0x8000_0000) : bits
}

/// The worst rank that stays among the best, and how many rows of just that rank do.
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
    var wanted = count
    var upper = [Int](repeating: 0, count: 1 << 16)
    try forEachRank { upper[Int($0 >> 16)] += 1 }
    let high = Self.bucket(upper, &wanted)
    var lower = [Int](repeating: 0, count: 1 << 16)
    try forEachRank { if $0 >> 16 == high { lower[Int($0 & 0xFFFF)] += 1 } }
    let low = Self.bucket(lower, &wanted)
    worst = high << 16 | low
    ofWorst = wanted
  }

  /// The bucket that holds the last wanted one, and how many of its own are wanted.
  private static func bucket(_ counts: [Int], _ wanted: inout Int) -> UInt32 {
    var bucket = 0
    while bucket < counts.count - 1, wanted > counts[bucket] {
      wanted -= counts[bucket]
      bucket += 1
    }
    return UInt32(bucket)
  }
}
