// Selection without sorting: which key is the r-th smallest of n. Keys are computed on demand (a
// hash, a float's bits), so nothing of size n is stored; each pass counts them by their next 12
// bits, and after one or two passes so few are left that they are sorted. Any input, all equal
// or adversarial, ends after six passes.

import Foundations

/// The `rank`-th smallest (1-based) of the keys of `0 ..< count`, and how many keys equal to it
/// are among the `rank` smallest.
///
/// - Parameter range: begins at or below every key; larger keys may be outside. The narrower, the
///   fewer passes.
/// - Returns: nil when fewer than `rank` keys are in the range.
/// - Precondition: `rank >= 1`, and `key` answers the same each time.
/// - Complexity: O(count).
@inline(__always)
func rankedKey(
  _ rank: Int, of count: Int, between range: ClosedRange<UInt64>, key: (Int) -> UInt64
) -> (key: UInt64, ties: Int)? {
  precondition(rank >= 1, "ranks count from 1")
  let few = 512
  var rank = rank
  // Still in question: keys from `base` up to 2^bits further.
  var base = range.lowerBound
  var bits = 64 - (range.upperBound - range.lowerBound).leadingZeroBitCount
  var inQuestion = count
  while inQuestion > few && bits > 0 {
    let digitBits = min(12, bits)
    let shift = UInt64(bits - digitBits)
    // The last count is for keys out of question. Smaller ones are among them: their offset wraps
    // around, to no less than 2^bits because the range began below them.
    let others = UInt64(1) << UInt64(digitBits)
    var counts = [Int](repeating: 0, count: Int(others) + 1)
    var tally = counts.mutableSpan
    for index in 0..<count {
      tally[Int(truncatingIfNeeded: min((key(index) &- base) &>> shift, others))] &+= 1
    }
    let digit: Int
    (digit, rank) = counts.bucket(ofRank: rank)
    if digit == Int(others) { return nil }
    inQuestion = counts[digit]
    base += UInt64(digit) << shift
    bits -= digitBits
  }
  let width = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
  if bits == 0 && inQuestion > few {
    return base <= range.upperBound ? (base, rank) : nil
  }
  var rest: [UInt64] = []
  for index in 0..<count {
    let value = key(index)
    if value &- base <= width { rest.append(value) }
  }
  if rest.count < rank { return nil }
  rest.sort()
  let found = rest[rank - 1]
  if found > range.upperBound { return nil }
  return (found, rank - rest.firstIndex(of: found)!)
}
