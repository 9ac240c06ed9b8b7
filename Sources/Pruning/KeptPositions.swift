// Which positions of a concept are kept. Positions count from the farthest row, so `hardest` and
// `easiest` are ranges and the other orders a bit a position: never a list of rows.

/// The kept positions within one concept of `size` rows, position 0 being the farthest row.
public struct KeptPositions: Sendable, Equatable {
  @usableFromInline
  enum Storage: Sendable, Equatable {
    /// Two ranges, the first wholly before the second; either may be empty.
    case ranges(Range<Int>, Range<Int>)
    case bits(RowSet)
  }

  /// The rows of the concept.
  public let size: Int
  /// The number of kept positions.
  public let count: Int
  @usableFromInline let storage: Storage

  init(size: Int, _ first: Range<Int>, _ second: Range<Int> = 0..<0) {
    self.size = size
    count = first.count + second.count
    storage = .ranges(first, second)
  }

  init(_ bits: RowSet, count: Int) {
    size = bits.rows
    self.count = count
    storage = .bits(bits)
  }

  /// Whether the row at `position` is kept.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func contains(_ position: Int) -> Bool {
    switch storage {
    case .ranges(let first, let second): first.contains(position) || second.contains(position)
    case .bits(let bits): bits.contains(position)
    }
  }
}

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
