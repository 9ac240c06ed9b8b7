// Bits that order as numbers do: radix sorts and counts by digits work on them.  Zeros of both signs
// have the same bits.

/// Bits that rise with the number; not for NaN.
@inlinable
public func ascendingBits(_ value: Double) -> UInt64 {
  let bits = (value + 0).bitPattern
  let sign = UInt64(bitPattern: Int64(bitPattern: bits) >> 63)
  return bits ^ (sign | 1 << 63)
}

/// The number with these ascending bits.
@inlinable
public func value(ofAscendingBits bits: UInt64) -> Double {
  Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
}

/// Bits that rise as the number falls; those of NaN are the largest.
@inlinable
public func descendingBits(_ value: Float) -> UInt32 {
  if value.isNaN { return .max }
  let bits = (value + 0).bitPattern
  return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
}
