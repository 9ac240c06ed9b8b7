// Sizes as people write them: 2G, 500 MiB, 1.5GB, 1048576.

/// Bytes in a text, or nil: a number, and K, M, G, T or KiB and so on for powers of 1024, KB and so on
/// for powers of 1000.
func bytes(_ text: String) -> Int? {
  let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
  let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
  guard let number = Double(digits), number > 0 else { return nil }
  guard unit != "" && unit != "B" else { return number < 0x1p62 ? Int(number) : nil }
  guard let power = ["K", "M", "G", "T"].firstIndex(of: String(unit.prefix(1))) else { return nil }
  let base: Double
  switch unit.dropFirst() {
  case "", "IB": base = 1024
  case "B": base = 1000
  default: return nil
  }
  var size = number
  for _ in 0...power { size *= base }
  return size < 0x1p62 ? Int(size) : nil
}
