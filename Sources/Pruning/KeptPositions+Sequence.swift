// `for position in kept`, ascending.

extension KeptPositions: Sequence {
  /// Walks kept positions, ascending.
  public struct Iterator: IteratorProtocol, Sendable {
    @usableFromInline var ranges: (Range<Int>, Range<Int>)
    @usableFromInline var bits: RowSet.Iterator?

    @inlinable
    init(_ kept: KeptPositions) {
      switch kept.storage {
      case .ranges(let first, let second): (ranges, bits) = ((first, second), nil)
      case .bits(let set): (ranges, bits) = ((0..<0, 0..<0), set.makeIterator())
      }
    }

    @inlinable
    public mutating func next() -> Int? {
      if bits != nil { return bits!.next() }
      if ranges.0.isEmpty {
        ranges.0 = ranges.1
        ranges.1 = 0..<0
      }
      guard let position = ranges.0.first else { return nil }
      ranges.0 = position + 1..<ranges.0.upperBound
      return position
    }
  }

  @inlinable
  public func makeIterator() -> Iterator { Iterator(self) }
}
