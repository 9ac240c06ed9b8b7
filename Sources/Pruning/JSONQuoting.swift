// JSON strings, for every JSON text that this program writes by hand.

import Foundations

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
