import Foundations

// In how many captions of the background each term occurs.

/// Counts of terms, by their hashes.
///
/// Terms of one caption only are left out: they are most of the table and say no more than that a
/// term is rare.
package struct TermFrequencies: Sendable {
  /// Texts that were counted, without the blank ones.
  package let texts: Int
  private let hashes: [UInt64]
  private let counts: [UInt32]

  /// - Parameters:
  ///   - occurrences: the hash of each term once for each text that has it, in any order.
  /// - Complexity: O(n log n).
  package init(texts: Int, occurrences: consuming [UInt64]) {
    self.texts = texts
    var sorted = occurrences
    sorted.sort()
    var (hashes, counts): ([UInt64], [UInt32]) = ([], [])
    var place = 0
    while place < sorted.count {
      var end = place + 1
      while end < sorted.count && sorted[end] == sorted[place] { end += 1 }
      if end - place > 1 {
        hashes.append(sorted[place])
        counts.append(UInt32(end - place))
      }
      place = end
    }
    (self.hashes, self.counts) = (hashes, counts)
  }

  /// In how many texts the term is: 1 stands for none, too.
  ///
  /// - Complexity: O(log n).
  package func count(_ hash: UInt64) -> Int {
    let low = firstPlace(in: hashes.indices) { hashes[$0] >= hash }
    return low < hashes.count && hashes[low] == hash ? Int(counts[low]) : 1
  }
}
