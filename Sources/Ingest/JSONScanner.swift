// JSON as RFC 8259 has it, over one line, without building a tree.  Beyond the RFC, the numbers
// NaN, Infinity and -Infinity that Python and DuckDB write are taken.  The text need not be valid
// UTF-8 here: that is checked once a block.

struct JSONFault: Error {
  let expected: String
  let found: String
}

/// A place in a JSON text, and the steps forward from it.
struct JSONScanner {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  var position = 0

  init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    self.bytes = bytes
    self.count = count
  }

  /// The kind of value that begins with a byte.
  enum Kind: String {
    case string = "a string"
    case number = "a number"
    case null
    case boolean = "a boolean"
    case array = "an array"
    case object = "an object"
  }

  /// The byte after white space, or nil at the end.
  mutating func peek() -> UInt8? {
    while position < count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { return byte }
      position += 1
    }
    return nil
  }

  mutating func take(_ character: Character) -> Bool {
    guard peek() == character.asciiValue else { return false }
    position += 1
    return true
  }

  mutating func fault(_ expected: String) -> JSONFault {
    JSONFault(expected: expected, found: peek().map(shown) ?? "the end of the line")
  }

  mutating func kind() throws(JSONFault) -> Kind {
    switch peek() {
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case .some(let byte)
    where isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "N")
      || byte == UInt8(ascii: "I"):
      return .number
    default: throw fault("a value")
    }
  }

  /// Reads a string, its escapes resolved, to `output`, which has room for the rest of the line.
  ///
  /// - Returns: the bytes written, and whether half a surrogate pair became U+FFFD.
  mutating func string(
    into output: UnsafeMutablePointer<UInt8>
  ) throws(JSONFault) -> (length: Int, isBroken: Bool) {
    guard take("\"") else { throw fault("a string in double quotes") }
    var length = 0
    var isBroken = false
    while position < count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return (length, isBroken)
      }
      if byte == UInt8(ascii: "\\") {
        position += 1
        var scalar = try escape()
        if scalar & 0xFC00 == 0xD800, position + 1 < count, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        {
          let back = position
          position += 1
          let low = try escape()
          if low & 0xFC00 == 0xDC00 {
            scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
          } else {
            position = back
          }
        }
        if scalar & 0xFFFF_F800 == 0xD800 {
          isBroken = true
          scalar = 0xFFFD
        }
        for byte in UTF8.encode(Unicode.Scalar(scalar)!)! {
          output[length] = byte
          length += 1
        }
      } else if byte < 0x20 {
        throw JSONFault(expected: "a string without control characters", found: shown(byte))
      } else {
        output[length] = byte
        length += 1
        position += 1
      }
    }
    throw fault("a closing double quote")
  }

  /// The code unit of the escape behind a backslash.
  private mutating func escape() throws(JSONFault) -> UInt32 {
    let letter: UInt8 = position < count ? bytes[position] : 0
    let simple: UInt32? =
      switch letter {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): UInt32(letter)
      case UInt8(ascii: "b"): 0x08
      case UInt8(ascii: "f"): 0x0C
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "t"): 0x09
      default: nil
      }
    if let simple {
      position += 1
      return simple
    }
    guard letter == UInt8(ascii: "u"), position + 4 < count else {
      throw fault("an escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)")
    }
    var unit: UInt32 = 0
    for index in position + 1...position + 4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue, bytes[index] < 0x80
      else {
        position = index
        throw fault("four hex digits after \\u")
      }
      unit = unit << 4 | UInt32(digit)
    }
    position += 5
    return unit
  }

  /// Moves behind a string.
  mutating func skipString() throws(JSONFault) {
    guard take("\"") else { throw fault("a string in double quotes") }
    while position < count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return
      }
      if byte == UInt8(ascii: "\\") {
        position += 1
        _ = try escape()
      } else if byte < 0x20 {
        throw JSONFault(expected: "a string without control characters", found: shown(byte))
      } else {
        position += 1
      }
    }
    throw fault("a closing double quote")
  }

  /// Moves behind a number; its text is what was passed.
  mutating func number() throws(JSONFault) -> Range<Int> {
    _ = peek()
    let begin = position
    if position < count && bytes[position] == UInt8(ascii: "-") { position += 1 }
    if takeWord("Infinity") || (begin == position && takeWord("NaN")) { return begin..<position }
    let first = position
    guard takeDigits(), bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
      throw fault("a number")
    }
    if position < count && bytes[position] == UInt8(ascii: ".") {
      position += 1
      guard takeDigits() else { throw fault("a digit after the decimal point") }
    }
    if position < count && bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
      guard takeDigits() else { throw fault("a digit in the exponent") }
    }
    return begin..<position
  }

  private mutating func takeDigits() -> Bool {
    let begin = position
    while position < count && isDigit(bytes[position]) { position += 1 }
    return position > begin
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count - position >= length else { return false }
    for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
      return false
    }
    position += length
    return true
  }

  /// Moves behind `null`, `true` or `false`.
  mutating func word() throws(JSONFault) {
    _ = peek()
    guard takeWord("null") || takeWord("true") || takeWord("false") else { throw fault("a value") }
  }

  /// Moves behind any value, nested at most 512 deep.
  mutating func skip(depth: Int = 0) throws(JSONFault) {
    switch try kind() {
    case .string: try skipString()
    case .number: _ = try number()
    case .null, .boolean: try word()
    case .array, .object:
      guard depth < 512 else { throw JSONFault(expected: "at most 512 levels", found: "more") }
      let isObject = take("{")
      if !isObject { position += 1 }
      let close: Character = isObject ? "}" : "]"
      if take(close) { return }
      repeat {
        if isObject {
          try skipString()
          guard take(":") else { throw fault("':'") }
        }
        try skip(depth: depth + 1)
      } while take(",")
      guard take(close) else { throw fault("',' or '\(close)'") }
    }
  }
}
