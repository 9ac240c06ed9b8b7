// Which rows of a concept stay, given its quota. Rows lie in the workspace farthest first, equal
// distances by row, so `hardest` is a prefix and `easiest` a suffix but for its boundary: among
// rows of the boundary's distance the lowest stay, and those come first. The other orders find
// their last key by selection (RankedKey), not by sorting: two or three passes over the rows.
//
// The public functions are concrete, one a row width, so that other modules call specialised code.

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
}

extension Selection {
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
}
