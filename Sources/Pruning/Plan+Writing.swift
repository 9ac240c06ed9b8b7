// Plans as text that people read, edit and keep in version control: fields in one order, one
// override a line, numbers as short as they can be. Equal plans give equal bytes.

extension Plan {
  /// The plan as JSON (format 1), UTF-8 with a newline at the end; `read` takes it back.
  ///
  /// - Complexity: O(overrides).
  public func json() -> [UInt8] {
    var text = "{ \"format\": 1, "
    if let clustering { text += "\"clustering\": \(jsonQuoted(clustering)), " }
    text += "\"target\": \(target), \"temperature\": \(Self.shortest(temperature)),\n"
    text += "  \"strategy\": \"\(strategy.rawValue)\", \"order\": \"\(order.rawValue)\", "
    text += "\"minimum\": \(minimum), \"share\": \(Self.shortest(share)), "
    text += "\"selection-seed\": \(selectionSeed),\n  \"overrides\": ["
    let lines = overrides.map { Self.line($0) }
    text += lines.isEmpty ? "]" : " " + lines.joined(separator: ",\n                 ") + " ]"
    text += " }\n"
    return Array(text.utf8)
  }

  private static func line(_ override: Override) -> String {
    var text = "{ \"cluster\": \(override.cluster), "
    switch override.action {
    case .drop: text += "\"drop\": true"
    case .keep(let fraction):
      // A fraction looks like one: 1.0 keeps the whole concept, not one row.
      text += "\"keep\": \(fraction)\(fraction.wholeNumber == nil ? "" : ".0")"
    case .count(let count): text += "\"count\": \(count)"
    case .weight(let weight): text += "\"weight\": \(shortest(weight))"
    }
    if let note = override.note { text += ", \"note\": \(jsonQuoted(note))" }
    return text + " }"
  }

  /// The shortest text that reads back as `value`, without a needless `.0`.
  private static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
