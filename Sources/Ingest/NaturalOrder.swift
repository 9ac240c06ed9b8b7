// Natural order: numbers inside names are compared as numbers, so that shard 10 follows shard 9.

/// Whether `a` comes before `b`: runs of digits by value, all else by bytes; names that differ
/// only in leading zeros by their bytes, so that the order is total.
func naturallyPrecedes(_ a: String, _ b: String) -> Bool {
  let (x, y) = (Array(a.utf8), Array(b.utf8))
  var (i, j) = (0, 0)
  while i < x.count && j < y.count {
    if isDigit(x[i]) && isDigit(y[j]) {
      let (m, n) = (digits(x, from: &i), digits(y, from: &j))
      if m.count != n.count { return m.count < n.count }
      if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) }
    } else if x[i] != y[j] {
      return x[i] < y[j]
    } else {
      i += 1
      j += 1
    }
  }
  let (left, right) = (x.count - i, y.count - j)
  return left != right ? left < right : x.lexicographicallyPrecedes(y)
}

/// The run of digits at `position` without its leading zeros; moves behind it.
private func digits(_ text: [UInt8], from position: inout Int) -> ArraySlice<UInt8> {
  var begin = position
  while position < text.count && isDigit(text[position]) { position += 1 }
  while begin < position && text[begin] == UInt8(ascii: "0") { begin += 1 }
  return text[begin..<position]
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// The number N of a name `PREFIXN.SUFFIX`, or nil when the name is no such.
func shardNumber(_ name: String, prefix: String, suffix: String) -> Int? {
  guard name.hasPrefix(prefix), name.hasSuffix(suffix),
    name.utf8.count > prefix.utf8.count + suffix.utf8.count
  else { return nil }
  let number = name.dropFirst(prefix.count).dropLast(suffix.count)
  return number.utf8.allSatisfy(isDigit) ? Int(number) : nil
}
