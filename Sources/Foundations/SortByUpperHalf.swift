// Rows by distance and cluster without comparisons: three counting passes over the bits of the
// distances, least significant digit first (Knuth, The Art of Computer Programming 3, 5.2.5), then
// one over the clusters.  Each pass keeps the order of what is equal, so rows that come in ascending
// order stay so among equal distances, and no pass looks at a row's number.

/// Sorts `keys` by their upper 32 bits, keeping the order of equal ones.
///
/// - Parameters:
///   - keys: `count` of them; the upper half is what is sorted by, the lower one comes along.
///   - spare: as large as `keys`.
/// - Returns: whichever of the two holds the result.
/// - Complexity: O(count)
@inlinable
public func sortByUpperHalf(
  _ keys: UnsafeMutablePointer<UInt64>, spare: UnsafeMutablePointer<UInt64>, count: Int
) -> UnsafeMutablePointer<UInt64> {
  let (digits, buckets) = (3, 1 << 11)
  return withUnsafeTemporaryAllocation(of: Int.self, capacity: digits * buckets) { counts in
    counts.initialize(repeating: 0)
    let tally = counts.baseAddress!
    for place in 0..<count {
      let key = keys[place]
      tally[Int(truncatingIfNeeded: key &>> 32 & 0x7FF)] &+= 1
      tally[buckets &+ Int(truncatingIfNeeded: key &>> 43 & 0x7FF)] &+= 1
      tally[2 &* buckets &+ Int(truncatingIfNeeded: key &>> 54)] &+= 1
    }
    var (source, target) = (keys, spare)
    for digit in 0..<digits where count > 0 {
      let own = tally + digit * buckets
      let shift = UInt64(32 + 11 * digit)
      // All in one bucket: nothing would move.
      if own[Int(truncatingIfNeeded: source[0] &>> shift & 0x7FF)] == count { continue }
      var next = 0
      for bucket in 0..<buckets {
        let size = own[bucket]
        own[bucket] = next
        next &+= size
      }
      for place in 0..<count {
        let key = source[place]
        let bucket = Int(truncatingIfNeeded: key &>> shift & 0x7FF)
        target[own[bucket]] = key
        own[bucket] &+= 1
      }
      swap(&source, &target)
    }
    return source
  }
}
