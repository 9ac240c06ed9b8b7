import Pruning

/// A table for people: columns as wide as their widest cell, numbers at the right, the last column at
/// the left.
struct TextTable {
  private var rows: [[String]]

  init(_ header: [String]) { rows = [header] }

  mutating func add(_ cells: [String]) {
    precondition(cells.count == rows[0].count, "a row of another table")
    rows.append(cells)
  }

  /// Lines that end in a line feed, without blanks at their ends.
  func text() -> String {
    let last = rows[0].count - 1
    let widths = (0..<last).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
      var line = ""
      for (column, width) in widths.enumerated() {
        line += String(repeating: " ", count: width - cells[column].count + (column > 0 ? 2 : 0))
        line += cells[column]
      }
      line += "  " + cells[last]
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

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
