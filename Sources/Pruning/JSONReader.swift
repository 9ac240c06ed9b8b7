// A reader of JSON texts by recursive descent, strict to RFC 8259.

struct JSONReader {
  private let bytes: [UInt8]
  private var at = 0
  /// Plans are three deep; a bound keeps hostile files from the end of the stack.
  private static let deepest = 32

  /// The value of the whole text.
  ///
  /// - Throws: `PlanError.invalid` for the field `plan`, with line, column and what is wrong.
  /// - Complexity: O(bytes), and O(n^2) in the n names of an object.
  static func read(_ bytes: [UInt8]) throws(PlanError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.at < bytes.count { throw reader.fault("the end of the plan") }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func value(depth: Int) throws(PlanError) -> JSONValue {
    if depth > Self.deepest { throw fault("no more than \(Self.deepest) levels") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case .some(UInt8(ascii: "-")), .some(48...57): return .number(try number())
    default:
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      if take("null") { return .null }
      throw fault("a JSON value")
    }
  }

  private mutating func object(depth: Int) throws(PlanError) -> JSONValue {
    var fields: [(name: String, value: JSONValue)] = []
    at += 1
    skipSpace()
    if take("}") { return .object(fields) }
    while true {
      skipSpace()
      let start = at
      if peek != UInt8(ascii: "\"") { throw fault("a field's name in quotes") }
      let name = try string()
      if fields.contains(where: { $0.name == name }) {
        at = start
        throw fault("each field once", found: "\(jsonQuoted(name)) again")
      }
      skipSpace()
      if !take(":") { throw fault("\":\" after the name \(jsonQuoted(name))") }
      fields.append((name, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(fields) }
      if !take(",") { throw fault("\",\" or \"}\"") }
    }
  }

  private mutating func array(depth: Int) throws(PlanError) -> JSONValue {
    var elements: [JSONValue] = []
    at += 1
    skipSpace()
    if take("]") { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(elements) }
      if !take(",") { throw fault("\",\" or \"]\"") }
    }
  }

  private mutating func number() throws(PlanError) -> String {
    let start = at
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func digits() throws(PlanError) {
    let start = at
    while let byte = peek, byte >= 48, byte <= 57 { at += 1 }
    if at == start { throw fault("a digit") }
  }

  private mutating func string() throws(PlanError) -> String {
    at += 1
    var utf8: [UInt8] = []
    let start = at
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        guard let text = String(validating: utf8, as: UTF8.self) else {
          at = start
          throw fault("UTF-8", found: "other bytes in this string")
        }
        return text
      case UInt8(ascii: "\\"):
        at += 1
        utf8.append(contentsOf: String(try escape()).utf8)
      case 0..<32:
        throw fault("an escape such as \\n", found: "a control character")
      default:
        utf8.append(byte)
        at += 1
      }
    }
    throw fault("the closing quote")
  }

  private mutating func escape() throws(PlanError) -> Unicode.Scalar {
    let plain: [(name: String, scalar: Unicode.Scalar)] = [
      ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{C}"), ("n", "\n"),
      ("r", "\r"), ("t", "\t"),
    ]
    for (name, scalar) in plain where take(name) { return scalar }
    if !take("u") { throw fault("a JSON escape") }
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    if UTF16.isLeadSurrogate(UInt16(unit)), take("\\u") {
      let next = try hexadecimal()
      if next >= 0xDC00, next <= 0xDFFF,
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (next - 0xDC00))
      {
        return scalar
      }
    }
    throw fault("a pair of surrogates", found: "half of one")
  }

  private mutating func hexadecimal() throws(PlanError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek,
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128
      else { throw fault("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ text: String) -> Bool {
    let wanted = text.utf8
    if bytes[at...].starts(with: wanted) {
      at += wanted.count
      return true
    }
    return false
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { at += 1 }
  }

  private func fault(_ expected: String, found: String? = nil) -> PlanError {
    let before = bytes[..<at]
    let line = before.count { $0 == 10 } + 1
    let column = at - (before.lastIndex(of: 10).map { $0 + 1 } ?? 0) + 1
    let here: String
    if let found {
      here = found
    } else if let byte = peek {
      here = byte > 32 && byte < 127 ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
    } else {
      here = "the end"
    }
    return .invalid(
      field: "plan",
      text: "plan, line \(line), column \(column): expected \(expected), found \(here)")
  }
}
