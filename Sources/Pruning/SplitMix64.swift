// Order without state: the random order of rows is a hash of (seed, row), so that any part of the
// data, on any machine, agrees on it. Source: SplitMix64 (Steele, Lea, Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014), with the constants of Vigna's public-domain
// version. For one seed it is a bijection of the row: two rows never share a value.

/// Output number `row` (0-based) of the SplitMix64 generator that starts at `seed`.
///
/// - Complexity: O(1).
@inlinable
public func splitmix64(seed: UInt64, row: UInt64) -> UInt64 {
  var z = seed &+ (row &+ 1) &* 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
