// The five orders, generic over the width of a row; the compiler specialises them for the two
// widths that Selection offers.

import Foundations

extension Selection {
  @inline(__always)
  static func select<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ rows: Span<Row>, _ distances: Span<Float>, _ similarity: Span<Float>?, _ quota: Int,
    _ order: Order, _ seed: UInt64
  ) -> KeptPositions {
    let size = rows.count
    precondition(distances.count == size, "rows and distances differ in number")
    precondition(quota >= 0 && quota <= size, "a quota is outside its concept")
    if quota == 0 || quota == size { return KeptPositions(size: size, 0..<quota) }
    switch order {
    case .hardest:
      return KeptPositions(size: size, 0..<quota)
    case .easiest:
      // The last `quota` positions, but the boundary's group of equal distances gives its first.
      let boundary = size - quota
      let group = equalGroup(distances, around: boundary)
      let taken = group.upperBound - boundary
      return KeptPositions(
        size: size, group.lowerBound..<group.lowerBound + taken, group.upperBound..<size)
    case .stratified:
      return stratified(quota, of: size)
    case .random:
      // The hash is a bijection of the row: no two keys are equal.
      let last = rankedKey(quota, of: size, between: 0 ... .max) { hash(rows[$0], seed) }!
      return KeptPositions(
        RowSet(rows: size) { hash(rows[$0], seed) <= last.key }, count: quota)
    case .similarity:
      guard let similarity else { preconditionFailure("the order similarity needs similarities") }
      return mostSimilar(rows, similarity, quota)
    }
  }

  @inline(__always)
  private static func mostSimilar<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ rows: Span<Row>, _ similarity: Span<Float>, _ quota: Int
  ) -> KeptPositions {
    let keys = rows.indices.map { descendingBits(similarity[Int(rows[$0])]) }
    let all = 0...UInt64(UInt32.max)
    let last = rankedKey(quota, of: keys.count, between: all) { UInt64(keys[$0]) }!
    // Of the rows that share the last similarity, the lowest ones.
    let tied = keys.indices.filter { UInt64(keys[$0]) == last.key }
    let lastRow = rankedKey(last.ties, of: tied.count, between: 0 ... .max) {
      UInt64(truncatingIfNeeded: rows[tied[$0]])
    }!
    let kept = RowSet(rows: keys.count) { position in
      UInt64(keys[position]) < last.key
        || UInt64(keys[position]) == last.key
          && UInt64(truncatingIfNeeded: rows[position]) <= lastRow.key
    }
    return KeptPositions(kept, count: quota)
  }

  @inline(__always)
  private static func hash(_ row: some FixedWidthInteger, _ seed: UInt64) -> UInt64 {
    splitmix64(seed: seed, row: UInt64(truncatingIfNeeded: row))
  }

  /// Positions floor((2i + 1) size / (2 quota)) for i in 0 ..< quota, by quotient and remainder,
  /// so that nothing overflows.
  private static func stratified(_ quota: Int, of size: Int) -> KeptPositions {
    var kept = RowSet(rows: size)
    var position = size / (2 * quota)
    var remainder = size % (2 * quota)
    let (step, extra) = size.quotientAndRemainder(dividingBy: quota)
    for _ in 0..<quota {
      kept.insert(position)
      position += step
      remainder += 2 * extra
      if remainder >= 2 * quota {
        remainder -= 2 * quota
        position += 1
      }
    }
    return KeptPositions(kept, count: quota)
  }

  /// The positions around `position` with its distance.
  private static func equalGroup(_ distances: Span<Float>, around position: Int) -> Range<Int> {
    let distance = distances[position]
    let first = firstPlace(in: 0..<position) { !(distances[$0] > distance) }
    let end = firstPlace(in: position + 1..<distances.count) { distances[$0] < distance }
    return first..<end
  }
}
