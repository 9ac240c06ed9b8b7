// Numbers as people read them, made without Foundation: screens show thousands of them a second.

/// A whole number with commas between its thousands: `76,782,572`.
public func thousands(_ value: Int) -> String {
  let digits = Array(String(value.magnitude).utf8)
  var result: [UInt8] = []
  result.reserveCapacity(digits.count + digits.count / 3 + 1)
  if value < 0 { result.append(UInt8(ascii: "-")) }
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result.append(UInt8(ascii: ",")) }
    result.append(digit)
  }
  return String(decoding: result, as: UTF8.self)
}

/// A number with a fixed number of decimals, 0 to 9, rounded half away from zero: `0.283`.
///
/// What has no such form (not a number, infinite, above 1e9) keeps Swift's own.
public func fixed(_ value: Double, _ places: Int) -> String {
  guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
  var scale = 1
  for _ in 0..<places { scale *= 10 }
  let scaled = Int((abs(value) * Double(scale)).rounded(.toNearestOrAwayFromZero))
  let sign = value < 0 && scaled != 0 ? "-" : ""
  guard places > 0 else { return sign + String(scaled) }
  let fraction = String(scaled % scale)
  return sign + String(scaled / scale) + "."
    + String(repeating: "0", count: places - fraction.utf8.count) + fraction
}

/// A fraction in per cent, `27.70`, without its sign. Only 1 and above show as 100, and only 0
/// as 0: what is nearly everything must not look like everything.
public func percent(_ fraction: Double, _ places: Int) -> String {
  var step = 1.0
  for _ in 0..<places { step /= 10 }
  if fraction > 0, fraction * 100 < step / 2 { return "<" + fixed(step, places) }
  if fraction < 1, fraction * 100 > 100 - step / 2 { return fixed(100 - step, places) }
  return fixed(fraction * 100, places)
}

/// A count in at most five columns: `812`, `9,999`, `12.3k`, `812k`, `1.2M`, `640M`, `3.1G`.
public func compact(_ value: Int) -> String {
  let magnitude = Int(clamping: value.magnitude)
  let sign = value < 0 ? "-" : ""
  if magnitude < 10_000 { return sign + thousands(magnitude) }
  var unit = 1_000
  for letter in ["k", "M", "G", "T", "P", "E"] {
    let tenths = Int((Double(magnitude) / Double(unit) * 10).rounded(.down))
    if tenths < 1_000 { return sign + fixed(Double(tenths) / 10, 1) + letter }
    if tenths < 10_000 { return sign + String(tenths / 10) + letter }
    unit = unit > Int.max / 1_000 ? Int.max : unit * 1_000
  }
  return sign + "\(magnitude)"
}

/// A positive number in at most seven columns: fixed decimals where they show three digits,
/// else powers of ten: `0.00811`, `2.01e-5`.
public func scientific(_ value: Double) -> String {
  guard value > 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
  if value >= 0.001 { return fixed(value, 5) }
  var exponent = 0
  var mantissa = value
  while mantissa < 1, exponent > -400 {
    mantissa *= 10
    exponent -= 1
  }
  var text = fixed(mantissa, 2)
  if text == "10.00" {
    text = "1.00"
    exponent += 1
  }
  return text + "e\(exponent)"
}

/// A number in groups of three digits with its noun: `1 row`, `12,345 rows`.
public func grouped(_ count: Int, _ noun: String) -> String {
  "\(thousands(count)) \(noun)\(count == 1 ? "" : "s")"
}
