// `for row in rows`, ascending; `forEach` is the faster walk where a closure will do.

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
