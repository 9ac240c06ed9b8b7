// The JSON of plans, which people edit by hand. Foundation's JSONDecoder was tried first: it keeps
// decimals, but takes the first of two fields of one name, 5.0 for a whole number, and cannot say
// in which line a fault is. A plan read otherwise than it was meant prunes the wrong rows, so this
// reader (RFC 8259, no extensions) keeps numbers as text and refuses repeated names.

import Foundations

/// A JSON value, numbers as they were written.
enum JSONValue {
  case null
  case bool(Bool)
  /// The number's text, valid by the grammar of JSON.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// Fields in the order of the file; no name comes twice.
  case object([(name: String, value: JSONValue)])

  /// What the value is, for a message: `the text "hard"`, `an object`.
  var found: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): text
    case .string(let text): "the string \(jsonQuoted(text))"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// A number's text.
  var number: String? { if case .number(let text) = self { text } else { nil } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
}

/// The text as a JSON string, control characters escaped.
package func jsonQuoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case "\r": result += "\\r"
    case "\0"..<" ", "\u{7F}"..<"\u{A0}":
      result += "\\u" + padded(String(scalar.value, radix: 16), 4)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
