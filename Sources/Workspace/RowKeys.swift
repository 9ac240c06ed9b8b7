// What the orders `random` and `similarity` sort the rows of a concept by, computed when asked for.
// Keys are unique (a hash that is a bijection, or the similarity followed by the row), so a rank
// has one key and a key one rank. Selection counts keys by their next bits, on all threads, until
// few rows are in question; it keeps nothing a row, so a concept of any size has pages at once.

import Pruning

/// An order of a concept's rows that does not follow the distance.
package protocol ConceptOrder: Sendable {
  /// The positions at some ranks, in the order; nil when cancelled.
  ///
  /// - Complexity: O(rows) time, two passes as a rule; O(ranks + threads) memory.
  func positions(_ ranks: Range<Int>, threads: Int, isCancelled: () -> Bool) -> [Int]?
  /// Whether a position is among the first `quota`, at least one; nil when cancelled.
  ///
  /// - Complexity: O(rows); O(1) for each position then.
  func taken(_ quota: Int, threads: Int, isCancelled: () -> Bool) -> ((Int) -> Bool)?
  /// The ranks of some positions; nil when cancelled.
  ///
  /// - Complexity: O(rows log positions).
  func ranks(of positions: [Int], threads: Int, isCancelled: () -> Bool) -> [Int]?
}

/// The keys of a concept's rows by position; ascending keys are the order.
package protocol RowKeys: ConceptOrder {
  associatedtype Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
  var count: Int { get }
  /// The keys that are sorted rather than counted.
  var few: Int { get }
  /// The bits that keys use.
  var bits: Int { get }
  /// - Complexity: O(1).
  func key(_ position: Int) -> Key
}

/// Keys of `random`.
struct HashKeys<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>: RowKeys,
  @unchecked Sendable
{
  // Sound: read-only pages of the mapped members, which outlive the call.
  let rows: UnsafeBufferPointer<Row>
  let seed: UInt64

  var count: Int { rows.count }
  var bits: Int { 64 }

  @inline(__always)
  func key(_ position: Int) -> UInt64 {
    splitmix64(seed: seed, row: UInt64(truncatingIfNeeded: rows[position]))
  }
}

/// Keys of `similarity`: best first, missing last, equal ones by the lower row.
struct SimilarityKeys<
  Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable,
  Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
>: RowKeys, @unchecked Sendable {
  // Sound: read-only pages of the mapped members, which outlive the call.
  let rows: UnsafeBufferPointer<Row>
  /// Falling bits of the similarities, one a position.
  let falling: [UInt32]

  var count: Int { rows.count }
  var bits: Int { 32 + Row.bitWidth }

  @inline(__always)
  func key(_ position: Int) -> Key {
    Key(truncatingIfNeeded: falling[position]) << Key(Row.bitWidth)
      | Key(truncatingIfNeeded: rows[position])
  }
}

extension RowKeys {
  package var few: Int { 1 << 16 }

  package func positions(_ ranks: Range<Int>, threads: Int, isCancelled: () -> Bool) -> [Int]? {
    entries(ranks, from: 0, bits: bits, below: 0, threads, isCancelled)?.map(\.position)
  }

  package func taken(
    _ quota: Int, threads: Int, isCancelled: () -> Bool
  ) -> ((Int) -> Bool)? {
    let ranks = quota - 1..<quota
    guard
      let last = entries(ranks, from: 0, bits: bits, below: 0, threads, isCancelled)?.first?.key
    else { return nil }
    return { key($0) <= last }
  }

  package func ranks(of positions: [Int], threads: Int, isCancelled: () -> Bool) -> [Int]? {
    let wanted = positions.map(key).sorted()
    // Counted by the number of wanted keys that are not above.
    let counts = counts(notAbove: wanted, threads)
    if isCancelled() { return nil }
    var ranks: [Key: Int] = [:]
    var sum = 0
    for (index, key) in wanted.enumerated() {
      sum += counts[index]
      ranks[key] = sum
    }
    return positions.map { ranks[key($0)] ?? 0 }
  }

  /// The entries at `ranks`, all of whose keys are known to be `base ..< base + 2^bits`, where
  /// `below` keys are smaller than `base`.
  private func entries(
    _ ranks: Range<Int>, from base: Key, bits: Int, below: Int, _ threads: Int,
    _ isCancelled: () -> Bool
  ) -> [(key: Key, position: Int)]? {
    if ranks.isEmpty { return [] }
    if isCancelled() { return nil }
    let digitBits = min(12, bits)
    let shift = Key(bits - digitBits)
    let digits = 1 << digitBits
    if count <= few { return collected(0 ... .max, ranks, threads) }
    let counts = counts(from: base, shift: shift, digits: digits, threads)
    if isCancelled() { return nil }
    var first = 0
    var before = below
    while before + counts[first] <= ranks.lowerBound {
      before += counts[first]
      first += 1
    }
    var last = first
    var end = before + counts[first]
    while end < ranks.upperBound {
      last += 1
      end += counts[last]
    }
    let low = base + Key(first) << shift
    // The rows of the page itself are wanted anyway.
    if end - before - ranks.count <= few || shift == 0 {
      let high = base + (Key(last) << shift | ((1 << shift) &- 1))
      return collected(
        low...high, ranks.lowerBound - before..<ranks.upperBound - before, threads)
    }
    let rest = Int(shift)
    if first == last {
      return entries(ranks, from: low, bits: rest, below: before, threads, isCancelled)
    }
    // The page lies over an edge between two full digits: each side by itself.
    let edge = before + counts[first]
    guard
      let left = entries(
        ranks.lowerBound..<edge, from: low, bits: rest, below: before, threads, isCancelled),
      let right = entries(
        edge..<ranks.upperBound, from: base, bits: bits, below: below, threads, isCancelled)
    else { return nil }
    return left + right
  }

  /// The entries with keys in a range, sorted, and of those the ones at `places`.
  private func collected(
    _ range: ClosedRange<Key>, _ places: Range<Int>, _ threads: Int
  ) -> [(key: Key, position: Int)] {
    var found = entries(in: range, threads)
    found.sort { $0.key < $1.key }
    return Array(found[places])
  }
}
