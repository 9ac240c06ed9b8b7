// The kept positions of `stratified`, counted instead of listed, so that a screen can mark the
// rows of a concept of any size and split a histogram without visiting a row.

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
