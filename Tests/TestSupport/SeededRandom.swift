/// Random numbers that a failure can be repeated with: SplitMix64, written here so that the tests
/// of the program's own generator have something to be compared with.
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  public init(_ seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }

  /// `count` numbers in -1 ..< 1, each a multiple of 2^-`bits`.
  public mutating func components(_ count: Int, bits: Int = 23) -> [Float] {
    let scale = Float(sign: .plus, exponent: -bits, significand: 1)
    return (0..<count).map { _ in
      Float(Int64(bitPattern: next()) >> Int64(63 - bits)) * scale
    }
  }
}
