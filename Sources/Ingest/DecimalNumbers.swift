// Decimal texts of binary numbers, read back exactly.  Few digits and a small exponent need one
// multiplication or division, which rounds correctly because both sides are exact (Clinger, "How to
// read floating point numbers accurately", 1990, section 3); all others go the library's long way.

/// Powers of ten that a float64 holds exactly.
private let exactPowers: [Double] = {
  var powers = [1.0]
  for _ in 1...22 { powers.append(powers.last! * 10) }
  return powers
}()

/// The float64 nearest to a decimal number, `nan` or `inf`; nil for other texts.
func parseDouble(_ text: UnsafeRawBufferPointer) -> Double? {
  if let value = parseShort(text) { return value }
  return parseLong(text, Double.init)
}

/// The float32 nearest to a decimal number, `nan` or `inf`; nil for other texts.
func parseFloat(_ text: UnsafeRawBufferPointer) -> Float? {
  // The nearest float64 rounds to the nearest float32 unless it lies exactly between two.
  if let value = parseShort(text), value.bitPattern & 0x1FFF_FFFF != 0x1000_0000,
    value == 0 || abs(value) >= 0x1p-126
  {
    return Float(value)
  }
  return parseLong(text, Float.init)
}

/// The value where it takes one exact step; nil where it does not, or the text is no number.
private func parseShort(_ text: UnsafeRawBufferPointer) -> Double? {
  var place = 0
  var isNegative = false
  if place < text.count, text[place] == 0x2D {
    isNegative = true
    place += 1
  }
  var (digits, exponent, hasDigit): (UInt64, Int, Bool) = (0, 0, false)
  var isFraction = false
  while place < text.count {
    let byte = text[place]
    if byte &- 0x30 < 10 {
      guard digits < 1 << 53 / 10 else { return nil }
      digits = digits &* 10 &+ UInt64(byte &- 0x30)
      hasDigit = true
      if isFraction { exponent -= 1 }
    } else if byte == 0x2E, !isFraction {
      isFraction = true
    } else {
      break
    }
    place += 1
  }
  guard hasDigit else { return nil }
  if place < text.count {
    guard text[place] | 0x20 == 0x65 else { return nil }
    place += 1
    var isBelow = false
    if place < text.count, text[place] == 0x2D || text[place] == 0x2B {
      isBelow = text[place] == 0x2D
      place += 1
    }
    guard place < text.count, text.count - place <= 4 else { return nil }
    var power = 0
    while place < text.count {
      guard isDigit(text[place]) else { return nil }
      power = 10 * power + Int(text[place] - 0x30)
      place += 1
    }
    exponent += isBelow ? -power : power
  }
  guard (-22...22).contains(exponent) else { return nil }
  let value = Double(digits)
  let scaled = exponent < 0 ? value / exactPowers[-exponent] : value * exactPowers[exponent]
  return isNegative ? -scaled : scaled
}

private func parseLong<Value: BinaryFloatingPoint>(
  _ text: UnsafeRawBufferPointer, _ parse: (String) -> Value?
) -> Value? {
  let word = String(decoding: text, as: UTF8.self)
  switch word {
  case "nan", "-nan": return .nan
  case "inf": return .infinity
  case "-inf": return -.infinity
  default: break
  }
  // `Swift` also takes hexadecimal digits and names.
  let isDecimal = text.allSatisfy {
    isDigit($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 | 0x20 == 0x65
  }
  return isDecimal ? parse(word) : nil
}
