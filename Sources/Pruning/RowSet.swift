// The kept rows of a whole data set: one bit a row. 440 million rows take 55 MB and come out in
// ascending order for free, where a Set<Int> would take 14 GB.

/// A set of row numbers out of `0 ..< rows`.
public struct RowSet: Sendable, Equatable {
  /// One more than the largest row that may be in the set.
  public let rows: Int
  /// Bit `row % 64` of word `row / 64`; bits from `rows` on are 0.
  @usableFromInline var words: [UInt64]

  /// The empty set.
  ///
  /// - Complexity: O(rows / 64), as is its memory: rows / 8 bytes.
  public init(rows: Int) {
    precondition(rows >= 0, "a row set has a negative size")
    self.rows = rows
    words = [UInt64](repeating: 0, count: (rows + 63) / 64)
  }

  /// The rows for which `contains` says so; it is asked once for each row, ascending.
  ///
  /// - Complexity: O(rows).
  @inlinable
  public init(rows: Int, where contains: (Int) -> Bool) {
    precondition(rows >= 0, "a row set has a negative size")
    self.rows = rows
    words = (0..<(rows + 63) / 64).map { index in
      var word: UInt64 = 0
      for row in index << 6..<Swift.min(index << 6 + 64, rows) where contains(row) {
        word |= 1 &<< UInt64(truncatingIfNeeded: row & 63)
      }
      return word
    }
  }

  /// Adds `row`.
  ///
  /// - Precondition: `0 <= row < rows`.
  /// - Complexity: O(1).
  @inlinable
  public mutating func insert(_ row: Int) {
    precondition(row >= 0 && row < rows, "a row is outside its set")
    words[row >> 6] |= 1 &<< UInt64(truncatingIfNeeded: row & 63)
  }

  /// Adds every row of `range`.
  ///
  /// - Precondition: the range lies in `0 ..< rows`.
  /// - Complexity: O(range.count / 64 + 1).
  public mutating func insert(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "a row is outside its set")
    if range.isEmpty { return }
    let first = range.lowerBound >> 6
    let last = (range.upperBound - 1) >> 6
    let from = ~UInt64(0) << UInt64(range.lowerBound & 63)
    let to = ~UInt64(0) >> UInt64(63 - (range.upperBound - 1) & 63)
    if first == last {
      words[first] |= from & to
      return
    }
    words[first] |= from
    for word in first + 1..<last { words[word] = ~0 }
    words[last] |= to
  }

  /// Whether `row` is in the set; rows outside `0 ..< rows` are not.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func contains(_ row: Int) -> Bool {
    row >= 0 && row < rows && words[row >> 6] & (1 &<< UInt64(truncatingIfNeeded: row & 63)) != 0
  }

  /// The number of rows in the set.
  ///
  /// - Complexity: O(rows / 64).
  public var count: Int {
    words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Whether no row is in the set.
  ///
  /// - Complexity: O(rows / 64).
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The smallest row of the set that is `row` or above, for walking it in steps.
  ///
  /// - Complexity: O(distance / 64 + 1).
  @inlinable
  public func next(from row: Int) -> Int? {
    let first = Swift.max(row, 0)
    if first >= rows { return nil }
    var index = first >> 6
    var word = words[index] & (~0 &<< UInt64(truncatingIfNeeded: first & 63))
    while word == 0 {
      index += 1
      if index == words.count { return nil }
      word = words[index]
    }
    return index << 6 | word.trailingZeroBitCount
  }

  /// Adds every row of `other`.
  ///
  /// - Precondition: both sets are of as many rows.
  /// - Complexity: O(rows / 64).
  public mutating func merge(_ other: RowSet) {
    precondition(rows == other.rows, "row sets of different data sets")
    for index in words.indices { words[index] |= other.words[index] }
  }

  /// How many rows of this set `other` lacks.
  ///
  /// - Precondition: both sets are of as many rows.
  /// - Complexity: O(rows / 64).
  public func countMissing(in other: RowSet) -> Int {
    precondition(rows == other.rows, "row sets of different data sets")
    var missing = 0
    for index in words.indices {
      missing += (words[index] & ~other.words[index]).nonzeroBitCount
    }
    return missing
  }
}

extension RowSet: Sequence {
  /// Walks the rows of a set, ascending.
  public struct Iterator: IteratorProtocol, Sendable {
    @usableFromInline let rows: RowSet
    @usableFromInline var from = 0

    @inlinable
    init(_ rows: RowSet) {
      self.rows = rows
    }

    @inlinable
    public mutating func next() -> Int? {
      guard let row = rows.next(from: from) else { return nil }
      from = row + 1
      return row
    }
  }

  @inlinable
  public func makeIterator() -> Iterator { Iterator(self) }
}

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
