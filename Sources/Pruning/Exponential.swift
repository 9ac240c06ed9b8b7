// exp that gives the same bits on every processor: libm picks variants with and without fused
// multiply-add at run time, and those differ in the last bit, which would move quotas between
// machines. Only + - * are used (Swift never contracts them), so IEEE 754 fixes every step.
//
// Method: x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 in two parts (Cody and Waite 1980), exp(r) by
// its Taylor series up to r^13 (the rest is below 5e-18), then a shift of the exponent by n.

/// e^x, the same bits on any processor, within about one unit in the last place.
///
/// - Parameter x: any value; infinities and NaN give what IEEE 754 recommends.
/// - Complexity: O(1).
@inlinable @inline(__always)
public func portableExp(_ x: Double) -> Double {
  // From 710 on and up to -746 the steps below give infinity and 0 by themselves; NaN stays.
  let x = x > 710 ? 710 : x < -746 ? -746 : x
  // Adding 1.5 * 2^52 rounds to the nearest whole number n, and leaves it in the low bits.
  let magic = 0x1.8p52
  let shifted = x * 0x1.71547652b82fep0 + magic
  let multiple = shifted - magic
  // 32 leading bits of ln 2: the product with |n| <= 1077 is exact, and so is the difference.
  let high = x - multiple * 0x1.62e42feep-1
  let low = multiple * 0x1.a39ef35793c76p-33
  let r = high - low
  let r2 = r * r
  let r4 = r2 * r2
  // sum of r^i / (i + 2)! in pairs, so that the steps overlap
  let a = (1.0 / 2) + r * (1.0 / 6)
  let b = (1.0 / 24) + r * (1.0 / 120)
  let c = (1.0 / 720) + r * (1.0 / 5040)
  let d = (1.0 / 40320) + r * (1.0 / 362_880)
  let e = (1.0 / 3_628_800) + r * (1.0 / 39_916_800)
  let f = (1.0 / 479_001_600) + r * (1.0 / 6_227_020_800)
  let tail = (a + r2 * b) + r4 * ((c + r2 * d) + r4 * (e + r2 * f))
  // What the rounding of r lost comes back in.
  let lost = (high - r) - low
  let value = 1 + (r + (r2 * tail + lost))
  // 2^n may be out of range where e^x is not: two factors, of which only the last rounds. Biased
  // by 2048, n is positive.
  let n = shifted.bitPattern &- magic.bitPattern &+ 2048
  let half = n >> 1
  return value * Double(bitPattern: (half &- 1) << 52)
    * Double(bitPattern: (n &- half &- 1) << 52)
}
