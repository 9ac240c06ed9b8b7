// What is typed at the prompts of the plan: everything that `--keep` takes, and what is handy at a
// prompt (commas between thousands, `k`, `M` and `G` behind a count), but nothing that could be
// read in two ways.

import Canvas
import Pruning

package enum Wish {
  /// The target that `text` asks for: `27.7%`, `0.277`, `1` (everything), `84,000,000`, `84M`, and
  /// with a sign so much more or less than now: `+10k`, `-0.5%`.
  ///
  /// A part of the candidates is rounded down. The result may be out of reach; the solver says so.
  package static func target(
    _ text: String, from current: Int, candidates: Int
  ) throws(PlanError) -> Int {
    let body = ungrouped(text)
    func amount(_ body: String, isStep: Bool = false) throws(PlanError) -> Int {
      if let count = scaledCount(body) { return count }
      // `+1` is one row more, though `1` alone is everything.
      if isStep, let count = ExactDecimal(body)?.wholeNumber { return count }
      return try Keep(parsing: body).target(candidates: candidates)
    }
    guard let sign = body.first, sign == "+" || sign == "-" else { return try amount(body) }
    let step = try amount(String(body.dropFirst()), isStep: true)
    let (sum, overflow) = current.addingReportingOverflow(sign == "-" ? -step : step)
    return overflow ? Int.max : max(0, sum)
  }

  /// A pin: `40%`, `0.4`, `1` (everything), `12,000`, `12k`, `1 row`.
  ///
  /// Fractions stay exact; more rows than one of the concepts has are refused.
  /// - Parameter size: of all concepts.
  package static func pin(
    _ text: String, of concepts: [Int], size: [Int]
  ) throws(PlanError) -> Override.Action {
    let action = try pin(text)
    guard case .count(let count) = action,
      let smallest = concepts.min(by: { size[$0] < size[$1] }), count > size[smallest]
    else { return action }
    if concepts.count == 1 {
      throw refusal(
        "pin",
        "expected at most the \(thousands(size[smallest])) rows of concept \(smallest), found "
          + "\(thousands(count)); a keeps all of them")
    }
    let fewer = concepts.count { size[$0] < count }
    throw refusal(
      "pin",
      "\(thousands(fewer)) of the \(thousands(concepts.count)) marked concepts have fewer "
        + "than \(thousands(count)) rows, concept \(smallest) has \(thousands(size[smallest])); "
        + "type a percentage, or mark fewer")
  }

  private static func pin(_ text: String) throws(PlanError) -> Override.Action {
    var body = ungrouped(text)
    let hasUnit = body.hasSuffix("rows") || body.hasSuffix("row")
    if hasUnit { body = String(body.prefix { $0 != "r" }) }
    if let rows = wholeCount(body), hasUnit || body.last?.isLetter == true { return .count(rows) }
    guard !hasUnit, let keep = try? Keep(parsing: body) else {
      throw refusal(
        "pin",
        "expected a percentage (40%), a fraction (0.4; 1 is everything) or a number of "
          + "rows (12,000, 12k, 1 row), found \"\(visible(text))\"")
    }
    switch keep {
    case .fraction(let fraction): return .keep(fraction)
    case .count(let rows): return .count(rows)
    }
  }

  /// A weight: `2`, `0.5`, `×2`, `x2`.
  package static func weight(_ text: String) throws(PlanError) -> Double {
    var body = text.filter { $0 != " " }
    if let sign = body.first, sign == "×" || sign == "x" { body.removeFirst() }
    guard let value = ExactDecimal(body)?.doubleValue, value.isFinite, value > 0 else {
      throw refusal(
        "weight",
        "expected a number above 0 (2, 0.5; d drops a concept), found "
          + "\"\(visible(text))\"")
    }
    return value
  }

  /// The plan's minimum: `1`, `2,000`, `2k`.
  package static func minimum(_ text: String) throws(PlanError) -> Int {
    guard let count = wholeCount(ungrouped(text)) else {
      throw refusal(
        "minimum", "expected a number of rows (0, 1, 2,000, 2k), found \"\(visible(text))\"")
    }
    return count
  }

  /// The plan's share: `0.5`, `20%`.
  package static func share(_ text: String) throws(PlanError) -> Double {
    let body = text.filter { $0 != " " }
    let number =
      body.last == "%" ? ExactDecimal(body.dropLast())?.hundredth : ExactDecimal(body)
    guard let number, number <= .one else {
      throw refusal(
        "share",
        "expected a fraction of the mean quota from 0 to 1 (0.5, 20%), found "
          + "\"\(visible(text))\"")
    }
    return number.doubleValue
  }
}

private func refusal(_ field: String, _ text: String) -> PlanError {
  .invalid(field: field, text: "\(field): \(text)")
}

private func ungrouped(_ text: String) -> String {
  text.filter { $0 != "," && $0 != "_" && $0 != " " }
}

/// What `k`, `M` or `G` behind a number multiplies it by.
func unit(_ letter: Character?) -> Int? {
  switch letter {
  case "k", "K": 1_000
  case "m", "M": 1_000_000
  case "g", "G": 1_000_000_000
  default: nil
  }
}

/// A number with a unit, rounded down; nil for any other text and for more than 2^52.
private func scaledCount(_ body: String) -> Int? {
  guard let unit = unit(body.last), let value = ExactDecimal(body.dropLast()),
    value <= ExactDecimal((1 << 52) / unit)
  else { return nil }
  return value.floor(times: unit)
}

/// A number of rows, perhaps with a unit; nil for any other text and for more than 2^52 rows.
private func wholeCount(_ body: String) -> Int? {
  if let count = scaledCount(body) { return count }
  guard let value = ExactDecimal(body), value <= ExactDecimal(1 << 52) else { return nil }
  return value.wholeNumber
}
