// Bits of floating point numbers that order as the numbers do, to sort and to cut by.

/// Bits that order as finite numbers do; negative zero is the other one, so that equal values have
/// equal bits.
@inlinable
public func orderedBits(_ value: Double) -> UInt64 {
  let bits = (value + 0).bitPattern
  return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
}

/// The number with these ordered bits.
@inlinable
public func value(ofOrderedBits bits: UInt64) -> Double {
  Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
}

/// Bits that order from the largest number to the smallest; those of NaN are the last.
@inlinable
public func descendingBits(_ value: Float) -> UInt32 {
  if value.isNaN { return .max }
  let bits = (value + 0).bitPattern
  return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
}
