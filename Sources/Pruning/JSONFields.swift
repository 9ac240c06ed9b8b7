// The fields of one JSON object, taken by name and type, with messages that say where they are.

/// A JSON object that has only known fields.
struct JSONFields {
  /// Where the object is, for messages: `plan`, `overrides[3]`.
  private let place: String
  private let fields: [(name: String, value: JSONValue)]

  /// - Throws: `PlanError.invalid` when `value` is no object or has a field outside `known`.
  init(_ place: String, _ value: JSONValue, _ known: [String]) throws(PlanError) {
    guard case .object(let fields) = value else {
      throw .invalid(field: place, text: "\(place): expected an object, found \(value.found)")
    }
    for field in fields where !known.contains(field.name) {
      throw .invalid(
        field: field.name,
        text: "\(place): unknown field \(jsonQuoted(field.name)); known are "
          + known.joined(separator: ", "))
    }
    self.place = place
    self.fields = fields
  }

  func has(_ name: String) -> Bool { value(name) != nil }

  /// A whole number that fits; nil when the field is not there.
  func integer<Number: FixedWidthInteger>(_ name: String) throws(PlanError) -> Number? {
    guard let value = value(name) else { return nil }
    if case .number(let text) = value, let number = Number(text) { return number }
    throw wrong(
      name, Number.isSigned ? "a whole number" : "a whole number from 0 to \(Number.max)",
      value.found)
  }

  /// A finite number; nil when the field is not there.
  func double(_ name: String) throws(PlanError) -> Double? {
    guard let value = value(name) else { return nil }
    if case .number(let text) = value, let number = Double(text), number.isFinite { return number }
    throw wrong(name, "a finite number", value.found)
  }

  /// A number as it was written; nil when the field is not there.
  func decimal(_ name: String) throws(PlanError) -> ExactDecimal? {
    guard let value = value(name) else { return nil }
    if case .number(let text) = value, let number = ExactDecimal(text) { return number }
    throw wrong(name, "a fraction from 0 to 1, of at most 38 digits", value.found)
  }

  /// One of the names of `Choice`; nil when the field is not there.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(PlanError) -> Choice? where Choice.RawValue == String {
    guard let value = value(name) else { return nil }
    if case .string(let text) = value, let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw wrong(name, "one of \(names)", value.found)
  }

  /// A text; nil when the field is not there.
  func text(_ name: String) throws(PlanError) -> String? {
    guard let value = value(name) else { return nil }
    if case .string(let text) = value { return text }
    throw wrong(name, "a text", value.found)
  }

  /// An array; nil when the field is not there.
  func array(_ name: String) throws(PlanError) -> [JSONValue]? {
    guard let value = value(name) else { return nil }
    if case .array(let elements) = value { return elements }
    throw wrong(name, "an array", value.found)
  }

  func requireTrue(_ name: String) throws(PlanError) {
    guard let value = value(name) else { throw missing(name, "true") }
    if value != .bool(true) { throw wrong(name, "true", value.found) }
  }

  func missing(_ name: String, _ expected: String) -> PlanError {
    wrong(name, expected, "nothing")
  }

  func wrong(
    _ name: String, _ expected: String, _ found: String, _ wayOut: String = ""
  ) -> PlanError {
    let path = place == "plan" ? name : "\(place).\(name)"
    return .invalid(field: path, text: "\(path): expected \(expected), found \(found)\(wayOut)")
  }

  private func value(_ name: String) -> JSONValue? {
    fields.first { $0.name == name }?.value
  }
}
