// A fraction as the person wrote it. 0.277 has no Double, and floor(0.277 * M) by Double is one
// off for some M; so texts are kept as a whole number and a power of ten, and products are taken
// in 256 bits.

import Foundations

/// A non-negative decimal number kept exactly: `significand / 10^decimals`, at most 38 digits.
public struct ExactDecimal: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// No trailing zero unless `decimals` is 0, so equal values have equal parts.
  let significand: UInt128
  /// Digits behind the point, 0...38.
  let decimals: Int

  public static let zero = ExactDecimal(significand: 0, decimals: 0)
  public static let one = ExactDecimal(significand: 1, decimals: 0)

  private init(significand: UInt128, decimals: Int) {
    self.significand = significand
    self.decimals = decimals
  }

  /// Reads `12`, `0.277`, `.5`, `1e-3` or `8.4E7`.
  ///
  /// - Returns: nil for any other text, for a sign, and for a number that needs more than 38
  ///   digits before or behind the point together.
  /// - Complexity: O(length).
  public init?(_ text: some StringProtocol) {
    let parts = String(text).split(maxSplits: 1, omittingEmptySubsequences: false) {
      $0 == "e" || $0 == "E"
    }
    let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var digits = halves.joined(separator: "")
    guard halves.count <= 2, !digits.isEmpty, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else {
      return nil
    }
    var decimals = halves.count == 2 ? halves[1].utf8.count : 0
    if parts.count == 2 {
      guard let exponent = Int(parts[1]), (-1000...1000).contains(exponent) else { return nil }
      decimals -= exponent
    }
    // Zeros at the end cost no digits.
    while digits.last == "0" {
      digits.removeLast()
      decimals -= 1
    }
    if digits.isEmpty {
      self = .zero
      return
    }
    digits += String(repeating: "0", count: max(0, -decimals))
    guard decimals <= 38, let significand = UInt128(digits) else { return nil }
    self.init(significand: significand, decimals: max(0, decimals))
  }

  /// The whole number `value`.
  ///
  /// - Precondition: `value >= 0`.
  public init(_ value: Int) {
    precondition(value >= 0, "an ExactDecimal is not negative")
    self.init(significand: UInt128(value), decimals: 0)
  }

  /// This number divided by 100, as a per cent sign asks for; nil when that needs more digits.
  public var hundredth: ExactDecimal? {
    if significand == 0 { return self }
    var significand = significand
    var decimals = decimals + 2
    while decimals > 0, significand % 10 == 0 {
      significand /= 10
      decimals -= 1
    }
    return decimals > 38 ? nil : ExactDecimal(significand: significand, decimals: decimals)
  }

  /// floor(self * count), exactly.
  ///
  /// - Precondition: `count >= 0`, and the result fits an `Int` (it does when `self <= 1`).
  public func floor(times count: Int) -> Int {
    precondition(count >= 0, "a count is not negative")
    let product = significand.multipliedFullWidth(by: UInt128(count))
    let divisor = Self.powerOfTen(decimals)
    precondition(product.high < divisor, "the product does not fit")
    return Int(divisor.dividingFullWidth(product).quotient)
  }

  /// The value when it is whole and fits an `Int`.
  public var wholeNumber: Int? { decimals == 0 ? Int(exactly: significand) : nil }

  /// The nearest Double.
  public var doubleValue: Double { Double(description)! }

  /// Plain digits without exponent and without needless zeros: `0.277`, `1`, `0.001`.
  public var description: String {
    let digits = String(significand)
    if decimals == 0 { return digits }
    let text = padded(digits, decimals + 1)
    return "\(text.dropLast(decimals)).\(text.suffix(decimals))"
  }

  public static func < (a: ExactDecimal, b: ExactDecimal) -> Bool {
    let left = a.significand.multipliedFullWidth(by: powerOfTen(b.decimals))
    let right = b.significand.multipliedFullWidth(by: powerOfTen(a.decimals))
    return (left.high, left.low) < (right.high, right.low)
  }

  /// 10^exponent for 0...38; the largest is below 2^127.
  private static func powerOfTen(_ exponent: Int) -> UInt128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}

extension ExactDecimal: Codable {
  /// As text: a number of JSON would be rounded on its way.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let decimal = ExactDecimal(try value.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: value, debugDescription: "expected a decimal")
    }
    self = decimal
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }
}
