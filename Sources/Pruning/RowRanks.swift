// How many rows of a set lie before one of them: an array with a place for each row of the set, and
// none for the others, needs no sorting to come out in the order of the rows.

/// The rows of a set within a window, numbered from 0 in ascending order.
public struct RowRanks: Sendable {
  private let set: RowSet
  /// The window; it begins and ends at a multiple of 64, but for the end of the set.
  public let range: Range<Int>
  /// Rows of the set in the window.
  public let count: Int
  /// Rows of the set in the window before each 64 rows.
  private let before: [UInt32]

  /// The window of the set from `start` on with at most `most` rows of the set, and at most
  /// `mostRows` in all, but at least 64.
  ///
  /// - Precondition: `start` is a multiple of 64 and within the set; `mostRows` is below 2^32.
  /// - Complexity: O(range.count / 64) time, range.count / 16 bytes of memory.
  public init(_ set: RowSet, from start: Int, most: Int, mostRows: Int) {
    precondition(start & 63 == 0 && start >= 0 && start <= set.rows && mostRows < 1 << 32)
    var before: [UInt32] = []
    var (count, row) = (0, start)
    while row < set.rows, row == start || row - start < mostRows {
      let own = set.words[row >> 6].nonzeroBitCount
      if row > start, count + own > most { break }
      before.append(UInt32(count))
      count += own
      row += 64
    }
    self.set = set
    self.before = before
    self.count = count
    range = start..<min(row, set.rows)
  }

  /// The number of a row; nil when it is outside the window or not in the set.
  ///
  /// - Complexity: O(1).
  public func rank(of row: Int) -> Int? {
    guard range.contains(row) else { return nil }
    let word = set.words[row >> 6]
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: row & 63)
    guard word & bit != 0 else { return nil }
    return Int(before[(row - range.lowerBound) >> 6]) + (word & (bit &- 1)).nonzeroBitCount
  }
}
