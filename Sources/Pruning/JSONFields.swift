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
        text: "\(place): unknown field \(jsonQuoted(field.name)); known fields: "
          + known.joined(separator: ", "))
    }
    self.place = place
    self.fields = fields
  }

  func has(_ name: String) -> Bool { value(name) != nil }

  /// A whole number that fits; nil, here and below, when the field is not there.
  func integer<Number: FixedWidthInteger>(_ name: String) throws(PlanError) -> Number? {
    let range = Number.isSigned ? "" : " from 0 to \(Number.max)"
    return try read(name, "a whole number\(range)") { $0.number.flatMap { Number($0) } }
  }

  /// A finite number.
  func double(_ name: String) throws(PlanError) -> Double? {
    try read(name, "a finite number") { value in
      value.number.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// A number as it was written.
  func decimal(_ name: String) throws(PlanError) -> ExactDecimal? {
    try read(name, "a fraction from 0 to 1, of at most 38 digits") { value in
      value.number.flatMap { ExactDecimal($0) }
    }
  }

  /// One of the names of `Choice`.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(PlanError) -> Choice? where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try read(name, "one of \(names)") { $0.string.flatMap(Choice.init(rawValue:)) }
  }

  func text(_ name: String) throws(PlanError) -> String? { try read(name, "a string", \.string) }

  func array(_ name: String) throws(PlanError) -> [JSONValue]? {
    try read(name, "an array") { if case .array(let elements) = $0 { elements } else { nil } }
  }

  func requireTrue(_ name: String) throws(PlanError) {
    let isTrue = try read(name, "true") { if case .bool(true) = $0 { true } else { nil } }
    if isTrue == nil { throw missing(name, "true") }
  }

  /// What `take` makes of a field's value; nil when the field is not there.
  private func read<Value>(
    _ name: String, _ expected: String, _ take: (JSONValue) -> Value?
  ) throws(PlanError) -> Value? {
    guard let value = value(name) else { return nil }
    guard let taken = take(value) else { throw wrong(name, expected, value.found) }
    return taken
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
