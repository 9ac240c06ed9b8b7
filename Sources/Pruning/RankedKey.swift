// Selection without sorting: which key is the r-th smallest of n. Keys are computed on demand (a
// hash, a float's bits), so nothing of size n is stored; each pass counts them by their next 12
// bits, and after one or two passes so few are left that they are sorted. Any input, all equal
// or adversarial, ends after six passes.

/// The `rank`-th smallest (1-based) of the keys of `0 ..< count`, and how many keys equal to it
/// are among the `rank` smallest.
///
/// - Parameter range: begins at or below every key and holds at least the `rank` smallest ones; the
///   narrower, the fewer passes.
/// - Precondition: `1 <= rank <= count`, and `key` answers the same each time.
/// - Complexity: O(count).
@inline(__always)
func rankedKey(
  _ rank: Int, of count: Int, between range: ClosedRange<UInt64>, key: (Int) -> UInt64
) -> (key: UInt64, ties: Int) {
  precondition(rank >= 1 && rank <= count, "a rank is outside its keys")
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
      tally[Int(min((key(index) &- base) >> shift, others))] += 1
    }
    var digit = 0
    while tally[digit] < rank {
      rank -= tally[digit]
      digit += 1
    }
    inQuestion = tally[digit]
    base += UInt64(digit) << shift
    bits -= digitBits
  }
  if bits == 0 { return (base, rank) }
  var rest: [UInt64] = []
  rest.reserveCapacity(inQuestion)
  let width = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
  for index in 0..<count {
    let value = key(index)
    if value &- base <= width { rest.append(value) }
  }
  rest.sort()
  let found = rest[rank - 1]
  let first = rest.firstIndex(of: found)!
  return (found, rank - first)
}

/// Bits that order like the number: ascending, -0 equal to +0. NaN is not a number here.
@inline(__always)
func ascendingBits(_ value: Double) -> UInt64 {
  let bits = (value + 0).bitPattern
  let sign = UInt64(bitPattern: Int64(bitPattern: bits) >> 63)
  return bits ^ (sign | 1 << 63)
}

/// Bits that order from the largest number to the smallest, NaN last, -0 equal to +0.
@inline(__always)
func descendingBits(_ value: Float) -> UInt32 {
  if value.isNaN { return .max }
  let bits = (value + 0).bitPattern
  return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
}
