// How much to keep, as people say it: a fraction, a per cent or a count.

/// The size of the kept set, relative or absolute.
public enum Keep: Sendable, Equatable {
  /// A fraction of the candidates, 0...1.
  case fraction(ExactDecimal)
  /// A number of rows.
  case count(Int)

  /// Reads `27.7%`, `0.277`, `1` (everything) or `84000000` (a count above 1).
  ///
  /// - Throws: `PlanError.invalid` for the field `keep` when the text is none of these.
  public init(parsing text: String) throws(PlanError) {
    func refused(_ found: String) -> PlanError {
      .invalid(
        field: "keep",
        text: "keep: expected a percentage (27.7%), a fraction (0.277; 1 is everything) or a count "
          + "of rows above 1 (84000000), found \(found)")
    }
    var body = text.drop { $0 == " " }
    while body.last == " " { body.removeLast() }
    let isPercent = body.last == "%"
    if isPercent {
      body.removeLast()
      while body.last == " " { body.removeLast() }
    }
    guard let value = ExactDecimal(body) else { throw refused("\"\(text)\"") }
    if isPercent {
      guard let fraction = value.hundredth, fraction <= .one else {
        throw refused("\"\(text)\", which is more than everything")
      }
      self = .fraction(fraction)
    } else if value <= .one {
      self = .fraction(value)
    } else if let count = value.wholeNumber {
      self = .count(count)
    } else {
      throw refused("\"\(text)\", which is above 1 and not a whole number of rows")
    }
  }

  /// The number of rows to keep out of `candidates`: the floor of a fraction of them, or the count
  /// itself, which may be larger than there are.
  public func target(candidates: Int) -> Int {
    switch self {
    case .fraction(let fraction): fraction.floor(times: candidates)
    case .count(let count): count
    }
  }
}
