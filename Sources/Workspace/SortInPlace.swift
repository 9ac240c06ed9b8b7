/// Sorts different numbers in place.
///
/// The standard library's sort keeps up to half of its input aside.  A run longer than `limit` is
/// therefore split around a pivot first, so that beside one cluster of all rows only a small run
/// is held twice.
///
/// - Parameters:
///   - keys: no two are equal, so that a median of three leaves something on both sides.
///   - limit: 3 or more; the result does not depend on it.
/// - Complexity: O(n log n) on average.
package func sortInPlace(_ keys: UnsafeMutableBufferPointer<UInt64>, limit: Int = 1 << 18) {
  var rest = keys
  while rest.count > limit {
    let pivot = [rest[0], rest[rest.count / 2], rest[rest.count - 1]].sorted()[1]
    let middle = rest.partition { $0 >= pivot }
    let (low, high) = (
      UnsafeMutableBufferPointer(rebasing: rest[..<middle]),
      UnsafeMutableBufferPointer(rebasing: rest[middle...])
    )
    // The shorter side by recursion, so that the depth is at most log n.
    sortInPlace(low.count < high.count ? low : high, limit: limit)
    rest = low.count < high.count ? high : low
  }
  rest.sort()
}
