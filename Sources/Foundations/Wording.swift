// Numbers for people, and texts in quotes.

/// A number with its noun: `1 row`, `2 rows`.
public func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// Digits with zeros in front, `width` of them at least.
public func padded(_ digits: String, _ width: Int) -> String {
  String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// A text between two quotes, each one inside it written as `escaped`.
///
/// By scalars: a quote and a combining mark after it are one Character, which is no quote.
public func quoted(_ text: String, _ quote: Unicode.Scalar, escaped: String) -> String {
  let parts = text.unicodeScalars.split(separator: quote, omittingEmptySubsequences: false)
  return "\(quote)" + parts.map { String($0) }.joined(separator: escaped) + "\(quote)"
}

/// A number of bytes: `812 MiB`, rounded up.
public func byteText(_ bytes: Int) -> String {
  var (size, unit) = (Double(bytes), 0)
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]
  while size >= 1024, unit + 1 < units.count {
    size /= 1024
    unit += 1
  }
  let text =
    unit == 0 || size >= 100 ? "\(Int(size.rounded(.up)))" : "\((size * 10).rounded(.up) / 10)"
  return "\(text) \(units[unit])"
}
