// Which rows of a concept stay, given its quota. Rows lie in the workspace farthest first, equal
// distances by row, so `hardest` is a prefix and `easiest` a suffix but for its boundary: among
// rows of the boundary's distance the lowest stay, and those come first. The other orders find
// their last key by selection (RankedKey), not by sorting: two or three passes over the rows.
//
// The public functions are concrete, one a row width, so that other modules call specialised code.

import Foundations

/// Chooses rows within one concept.
public enum Selection {
  /// The positions of the `quota` rows that `order` takes first, equal ones by the lower row.
  ///
  /// - Parameters:
  ///   - rows: the concept's rows, farthest first, equal distances by ascending row.
  ///   - distances: their distances, as many, falling; read by `easiest` alone.
  ///   - similarity: the similarity of every row of the data set, indexed by row, NaN where
  ///     missing; read by `similarity` alone, which needs it.
  ///   - quota: 0...rows.count.
  ///   - seed: the plan's selection seed; read by `random` alone.
  /// - Precondition: the counts agree, the quota is in range, rows are below `similarity.count`.
  /// - Complexity: `hardest` O(1), `easiest` O(log M), `stratified` O(quota), others O(M).
  public static func positions(
    rows: Span<UInt32>, distances: Span<Float>, similarity: Span<Float>? = nil, quota: Int,
    order: Order, seed: UInt64
  ) -> KeptPositions {
    select(rows, distances, similarity, quota, order, seed)
  }

  /// The same for data sets of 2^32 rows or more.
  public static func positions(
    rows: Span<UInt64>, distances: Span<Float>, similarity: Span<Float>? = nil, quota: Int,
    order: Order, seed: UInt64
  ) -> KeptPositions {
    select(rows, distances, similarity, quota, order, seed)
  }

  /// How many of the positions that `stratified` keeps lie before `position`.
  ///
  /// Kept are floor((2i + 1) size / (2 quota)) for i in 0 ..< quota; position 0 is the farthest
  /// row.
  ///
  /// - Precondition: `position` and `quota` are 0...size.
  /// - Complexity: O(1).
  public static func stratifiedCount(before position: Int, of size: Int, quota: Int) -> Int {
    precondition(position >= 0 && position <= size, "a position is outside its concept")
    precondition(quota >= 0 && quota <= size, "a quota is outside its concept")
    // floor(a) < position means a < position, that is (2i + 1) size < 2 quota position.
    let excess = 2 * Int128(quota) * Int128(position) - Int128(size)
    guard excess > 0 else { return 0 }
    let step = 2 * Int128(size)
    return min(quota, Int((excess + step - 1) / step))
  }

  /// The five orders; the compiler specialises them for the two widths of a row.
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

/// The order in which the rows of one concept are taken; equal rows go by the lower row number.
public enum Order: String, Codable, CaseIterable, Sendable {
  /// Farthest from the centroid first.
  case hardest
  /// Nearest to the centroid first.
  case easiest
  /// By ascending `splitmix64(seed: selectionSeed, row: row)`.
  case random
  /// Best image-text similarity first, rows without one last.
  case similarity
  /// Evenly spaced ranks of distance.
  case stratified

  /// Whether a larger quota keeps every row that a smaller one kept.
  public var isNested: Bool { self != .stratified }

  /// Whether one distance parts the kept rows from the pruned ones.
  public var hasCutDistance: Bool { self == .hardest || self == .easiest }
}
