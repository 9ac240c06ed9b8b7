// The five orders, generic over the width of a row; the compiler specialises them for the two
// widths that Selection offers.

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
      let last = rankedKey(quota, of: size) {
        splitmix64(seed: seed, row: UInt64(truncatingIfNeeded: rows[$0]))
      }
      var kept = RowSet(rows: size)
      for position in 0..<size
      where splitmix64(seed: seed, row: UInt64(truncatingIfNeeded: rows[position])) <= last.key {
        kept.insert(position)
      }
      return KeptPositions(kept, count: quota)
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
    let last = rankedKey(quota, of: keys.count) { UInt64(keys[$0]) }
    let tied = keys.indices.filter { UInt64(keys[$0]) == last.key }
    // Of the rows that share the last similarity, the lowest ones.
    let lastRow = rankedKey(last.ties, of: tied.count) {
      UInt64(truncatingIfNeeded: rows[tied[$0]])
    }
    var kept = RowSet(rows: keys.count)
    for position in keys.indices where UInt64(keys[position]) < last.key { kept.insert(position) }
    for position in tied where UInt64(truncatingIfNeeded: rows[position]) <= lastRow.key {
      kept.insert(position)
    }
    return KeptPositions(kept, count: quota)
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
    var first = position
    var low = 0
    while low < first {
      let middle = (low + first) / 2
      if distances[middle] > distance { low = middle + 1 } else { first = middle }
    }
    var end = position + 1
    var high = distances.count
    while end < high {
      let middle = (end + high) / 2
      if distances[middle] < distance { high = middle } else { end = middle + 1 }
    }
    return first..<end
  }

  @inline(__always)
  static func rank<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ rows: Span<Row>, _ distances: Span<Float>, _ similarity: Span<Float>?, _ order: Order,
    _ seed: UInt64
  ) -> [Int] {
    let size = rows.count
    precondition(distances.count == size, "rows and distances differ in number")
    let key: [UInt64]
    switch order {
    case .hardest, .stratified:
      return Array(0..<size)
    case .easiest:
      var ranking: [Int] = []
      ranking.reserveCapacity(size)
      var end = size
      while end > 0 {
        var first = end - 1
        while first > 0 && distances[first - 1] == distances[end - 1] { first -= 1 }
        ranking.append(contentsOf: first..<end)
        end = first
      }
      return ranking
    case .random:
      key = rows.indices.map {
        splitmix64(seed: seed, row: UInt64(truncatingIfNeeded: rows[$0]))
      }
    case .similarity:
      guard let similarity else { preconditionFailure("the order similarity needs similarities") }
      key = rows.indices.map { UInt64(descendingBits(similarity[Int(rows[$0])])) }
    }
    let number = rows.indices.map { UInt64(truncatingIfNeeded: rows[$0]) }
    return (0..<size).sorted { (key[$0], number[$0]) < (key[$1], number[$1]) }
  }
}
