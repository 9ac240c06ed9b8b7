// Random numbers for tests: seeded, so that a failure comes back.

import Pruning

/// A generator whose n-th output is `splitmix64(seed, n)`.
struct TestRandom: RandomNumberGenerator {
  let seed: UInt64
  private var count: UInt64 = 0

  init(seed: UInt64) {
    self.seed = seed
  }

  mutating func next() -> UInt64 {
    defer { count += 1 }
    return splitmix64(seed: seed, row: count)
  }

  /// True once in `n` times.
  mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }
}
