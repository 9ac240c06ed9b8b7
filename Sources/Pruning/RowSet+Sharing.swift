// Several threads put rows into one set: a set for each of them would be rows / 8 bytes a thread.

import Synchronization

/// A set that any thread may put rows into, while ``RowSet/insertTogether(_:)`` lasts.
public struct SharedRows: @unchecked Sendable {
  // Sound: the words are touched by atomic operations only, and nobody else can reach the array as
  // long as it is borrowed; an atomic number is laid out as the number.
  @usableFromInline let words: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let rows: Int

  init(_ words: UnsafeMutableBufferPointer<UInt64>, rows: Int) {
    self.words = UnsafeMutableRawPointer(words.baseAddress!)
      .assumingMemoryBound(to: Atomic<UInt64>.self)
    self.rows = rows
  }

  /// Adds `row`.
  ///
  /// - Precondition: `0 <= row < rows`.
  /// - Complexity: O(1).
  @inlinable
  public func insert(_ row: Int) {
    precondition(row >= 0 && row < rows, "a row is outside its set")
    words[row >> 6].bitwiseOr(1 &<< UInt64(truncatingIfNeeded: row & 63), ordering: .relaxed)
  }
}

extension RowSet {
  /// Lets `body` put rows in from any thread; what it starts must end within it.
  public mutating func insertTogether<Failure>(
    _ body: (SharedRows) throws(Failure) -> Void
  ) throws(Failure) {
    guard rows > 0 else { return }
    let rows = rows
    try words.withUnsafeMutableBufferPointer { (words) throws(Failure) in
      try body(SharedRows(words, rows: rows))
    }
  }
}
