// Reports as JSON, laid out one way: a document has a line for each field, and of its long arrays a
// line for each element.

import Pruning

/// A field's name, and its value's JSON: a number, or a text that is JSON already.
typealias JSONField = (name: String, value: any CustomStringConvertible)

/// `{ "a": 1, "b": null }`
///
/// - Parameter gap: between the fields and the brackets.
func jsonObject(_ fields: [JSONField], gap: String = " ") -> String {
  "{\(gap)" + fields.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "\(gap)}"
}

/// A whole text of one object.
func jsonDocument(_ fields: [JSONField]) -> String {
  "{\n" + fields.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}\n"
}

/// An array in a document, a line for each element.
func jsonLines(_ elements: [String]) -> String {
  "[\n" + elements.map { "    " + $0 }.joined(separator: ",\n") + "\n  ]"
}

/// A text; null where it is empty.
func jsonText(_ text: String) -> String { text.isEmpty ? "null" : jsonQuoted(text) }
