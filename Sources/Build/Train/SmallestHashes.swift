/// The rows with the smallest hashes (ties: the lower row) out of any number of rows, offered in
/// any order.
///
/// Twice as many as wanted are held before the larger half is dropped, so that a row costs O(1)
/// on average.
struct SmallestHashes: Sendable {
  private let limit: Int
  private var entries: [(hash: UInt64, row: UInt64)] = []
  /// Rows with a larger hash can no longer be among the smallest.
  private var ceiling = UInt64.max

  init(limit: Int) { self.limit = limit }

  mutating func offer(_ hash: UInt64, row: UInt64) {
    guard hash <= ceiling, limit > 0 else { return }
    entries.append((hash, row))
    if entries.count >= max(1024, 2 * limit) { shrink() }
  }

  /// The rows, ascending.
  mutating func rows() -> [Int] {
    shrink()
    return entries.map { Int($0.row) }.sorted()
  }

  private mutating func shrink() {
    guard entries.count > limit else { return }
    entries.sort { ($0.hash, $0.row) < ($1.hash, $1.row) }
    entries.removeLast(entries.count - limit)
    ceiling = entries.last?.hash ?? 0
  }
}
