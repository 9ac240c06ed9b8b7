/// The part of Python's literals that .npy headers are written in.
indirect enum PythonLiteral {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  /// A list or a tuple.
  case list([PythonLiteral])
  case dictionary([String: PythonLiteral])

  var integers: [Int]? {
    guard case .list(let items) = self else { return nil }
    var numbers: [Int] = []
    for case .integer(let number) in items { numbers.append(number) }
    return numbers.count == items.count ? numbers : nil
  }

  /// The literal that `text` is, white space aside, or nil.
  static func parse(_ text: [UInt8]) -> PythonLiteral? {
    var reader = Reader(text: text)
    let value = reader.value(depth: 0)
    reader.skipBlanks()
    return reader.position == text.count ? value : nil
  }

  private struct Reader {
    let text: [UInt8]
    var position = 0

    mutating func skipBlanks() {
      while position < text.count, [0x20, 0x09, 0x0A, 0x0D, 0x00].contains(text[position]) {
        position += 1
      }
    }

    mutating func take(_ character: Character) -> Bool {
      skipBlanks()
      guard position < text.count, text[position] == character.asciiValue else { return false }
      position += 1
      return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
      skipBlanks()
      guard depth < 8, position < text.count else { return nil }
      switch Character(Unicode.Scalar(text[position])) {
      case "'", "\"": return string().map(PythonLiteral.string)
      case "{": return dictionary(depth: depth)
      case "(": return list(closing: ")", depth: depth)
      case "[": return list(closing: "]", depth: depth)
      default: return word()
      }
    }

    mutating func string() -> String? {
      let quote = text[position]
      let begin = position + 1
      guard let end = text[begin...].firstIndex(of: quote) else { return nil }
      position = end + 1
      return String(decoding: text[begin..<end], as: UTF8.self)
    }

    mutating func word() -> PythonLiteral? {
      let begin = position
      while position < text.count,
        Character(Unicode.Scalar(text[position])).isLetter
          || Character(Unicode.Scalar(text[position])).isNumber || text[position] == 0x2D
      {
        position += 1
      }
      let word = String(decoding: text[begin..<position], as: UTF8.self)
      switch word {
      case "True": return .boolean(true)
      case "False": return .boolean(false)
      default: return Int(word.hasSuffix("L") ? String(word.dropLast()) : word).map { .integer($0) }
      }
    }

    mutating func list(closing: Character, depth: Int) -> PythonLiteral? {
      position += 1
      var items: [PythonLiteral] = []
      while !take(closing) {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
        if !take(",") { return take(closing) ? .list(items) : nil }
      }
      return .list(items)
    }

    mutating func dictionary(depth: Int) -> PythonLiteral? {
      position += 1
      var entries: [String: PythonLiteral] = [:]
      while !take("}") {
        skipBlanks()
        guard position < text.count, text[position] == 0x27 || text[position] == 0x22,
          let name = string(), take(":"), let item = value(depth: depth + 1)
        else { return nil }
        entries[name] = item
        if !take(",") { return take("}") ? .dictionary(entries) : nil }
      }
      return .dictionary(entries)
    }
  }
}
