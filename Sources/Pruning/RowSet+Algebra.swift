// Taking sets apart and together: what filters and marks over concepts need.

extension RowSet {
  /// The set of all of `0 ..< rows`.
  public static func all(_ rows: Int) -> RowSet {
    var set = RowSet(rows: rows)
    set.insert(0..<rows)
    return set
  }

  /// Takes `row` out.
  ///
  /// - Precondition: `0 <= row < rows`.
  /// - Complexity: O(1).
  public mutating func remove(_ row: Int) {
    precondition(row >= 0 && row < rows, "a row is outside its set")
    words[row >> 6] &= ~(1 &<< UInt64(truncatingIfNeeded: row & 63))
  }

  /// Keeps the rows that `other` has too.
  ///
  /// - Precondition: both sets are of as many rows.
  /// - Complexity: O(rows / 64).
  public mutating func intersect(_ other: RowSet) {
    precondition(rows == other.rows, "row sets of different data sets")
    for index in words.indices { words[index] &= other.words[index] }
  }

  /// Exchanges what is in the set and what is not, among the rows of `other`.
  ///
  /// - Precondition: both sets are of as many rows.
  /// - Complexity: O(rows / 64).
  public mutating func invert(within other: RowSet) {
    precondition(rows == other.rows, "row sets of different data sets")
    for index in words.indices { words[index] ^= other.words[index] }
  }

  /// The rows that are not in the set.
  ///
  /// - Complexity: O(rows / 64).
  public var complement: RowSet {
    var set = self
    set.invert(within: .all(rows))
    return set
  }
}
