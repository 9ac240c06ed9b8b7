// Selection without sorting: which key is the r-th smallest of n. Keys are computed on demand (a
// hash, a float's bits), so nothing of size n is stored; each pass counts them by their next 12
// bits, and after one or two passes so few are left that they are sorted. Any input, all equal
// or adversarial, ends after six passes.

/// The `rank`-th smallest (1-based) of the keys of `0 ..< count`, and how many keys equal to it
/// are among the `rank` smallest.
///
/// - Precondition: `1 <= rank <= count`, and `key` answers the same each time.
/// - Complexity: O(count).
@inline(__always)
func rankedKey(
  _ rank: Int, of count: Int, key: (Int) -> UInt64
) -> (key: UInt64, ties: Int) {
  precondition(rank >= 1 && rank <= count, "a rank is outside its keys")
  let few = 512
  var lowest = UInt64.max
  var highest = UInt64.min
  if count > few {
    for index in 0..<count {
      let value = key(index)
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
    if lowest == highest { return (lowest, rank) }
  } else {
    lowest = 0
    highest = .max
  }
  // Keys that are still in question agree with `prefix` above `bits`.
  var bits = 64 - (lowest ^ highest).leadingZeroBitCount
  var prefix = lowest
  var inQuestion = count
  var rank = rank
  var counts: [Int] = []
  while inQuestion > few && bits > 0 {
    let digitBits = min(12, bits)
    let shift = UInt64(bits - digitBits)
    let mask = (UInt64(1) << UInt64(digitBits)) - 1
    counts = [Int](repeating: 0, count: 1 << digitBits)
    for index in 0..<count {
      let value = key(index)
      if bits == 64 || (value ^ prefix) >> UInt64(bits) == 0 {
        counts[Int(truncatingIfNeeded: (value >> shift) & mask)] += 1
      }
    }
    var digit = 0
    while counts[digit] < rank {
      rank -= counts[digit]
      digit += 1
    }
    inQuestion = counts[digit]
    prefix = prefix & ~((mask << shift) | ((1 << shift) - 1)) | UInt64(digit) << shift
    bits -= digitBits
  }
  if bits == 0 { return (prefix, rank) }
  var rest: [UInt64] = []
  rest.reserveCapacity(inQuestion)
  for index in 0..<count {
    let value = key(index)
    if bits == 64 || (value ^ prefix) >> UInt64(bits) == 0 { rest.append(value) }
  }
  rest.sort()
  let found = rest[rank - 1]
  var first = rank - 1
  while first > 0 && rest[first - 1] == found { first -= 1 }
  return (found, rank - first)
}

/// Bits that order like the number: ascending, -0 equal to +0. NaN is not a number here.
@inline(__always)
func ascendingBits(_ value: Double) -> UInt64 {
  let bits = (value + 0).bitPattern
  return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
}

/// Bits that order from the largest number to the smallest, NaN last, -0 equal to +0.
@inline(__always)
func descendingBits(_ value: Float) -> UInt32 {
  if value.isNaN { return .max }
  let bits = (value + 0).bitPattern
  return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
}
