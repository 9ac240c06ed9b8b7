// Typed wishes for one concept, and for the bounds of all: what is handy at a prompt, and nothing
// that could be read in two ways.

import Canvas
import Pruning

package enum OverrideWish {
  /// A pin: `40%`, `0.4`, `1` (everything), `12,000`, `12k`, `1 row`.
  ///
  /// Fractions stay exact; more rows than the concept has are refused.
  package static func pin(
    _ text: String, of cluster: Int, size: Int
  ) throws(PlanError) -> Override.Action {
    let action = try pin(text)
    guard case .count(let count) = action, count > size else { return action }
    throw .invalid(
      field: "pin",
      text: "pin: concept \(cluster) has \(thousands(size)) rows, found \(thousands(count)); "
        + "a keeps all of them")
  }

  /// A pin of several concepts, each of which has to have so many rows.
  /// - Parameter size: of all concepts.
  package static func pin(
    _ text: String, of concepts: [Int], size: [Int]
  ) throws(PlanError) -> Override.Action {
    guard concepts.count > 1, let smallest = concepts.min(by: { size[$0] < size[$1] }) else {
      return try pin(text, of: concepts[0], size: size[concepts[0]])
    }
    let action = try pin(text)
    guard case .count(let count) = action, count > size[smallest] else { return action }
    let fewer = concepts.count { size[$0] < count }
    throw .invalid(
      field: "pin",
      text:
        "pin: \(thousands(fewer)) of the \(thousands(concepts.count)) marked concepts have fewer "
        + "than \(thousands(count)) rows, concept \(smallest) has \(thousands(size[smallest])); "
        + "type a per cent, or mark fewer")
  }

  private static func pin(_ text: String) throws(PlanError) -> Override.Action {
    var body = text.filter { $0 != "," && $0 != "_" && $0 != " " }
    let hasUnit = body.hasSuffix("rows") || body.hasSuffix("row")
    if hasUnit { body = String(body.prefix { $0 != "r" }) }
    let count: Int
    if let rows = wholeCount(body), hasUnit || body.last?.isLetter == true {
      count = rows
    } else {
      guard !hasUnit, let keep = try? Keep(parsing: body) else {
        throw .invalid(
          field: "pin",
          text: "pin: expected a per cent (40%), a fraction (0.4; 1 is everything) or a number of "
            + "rows (12,000, 12k, 1 row), found \"\(visible(text))\"")
      }
      switch keep {
      case .fraction(let fraction): return .keep(fraction)
      case .count(let rows): count = rows
      }
    }
    return .count(count)
  }

  /// A weight: `2`, `0.5`, `×2`, `x2`.
  package static func weight(_ text: String) throws(PlanError) -> Double {
    var body = text.filter { $0 != " " }
    if let sign = body.first, sign == "×" || sign == "x" { body.removeFirst() }
    guard let value = ExactDecimal(body)?.doubleValue, value.isFinite, value > 0 else {
      throw .invalid(
        field: "weight",
        text: "weight: expected a number above 0 (2, 0.5; d drops a concept), found "
          + "\"\(visible(text))\"")
    }
    return value
  }
}

package enum BoundWish {
  /// The plan's minimum: `1`, `2,000`, `2k`.
  package static func minimum(_ text: String) throws(PlanError) -> Int {
    guard let count = wholeCount(text.filter { $0 != "," && $0 != "_" && $0 != " " }) else {
      throw .invalid(
        field: "minimum",
        text: "minimum: expected a number of rows (0, 1, 2,000, 2k), found \"\(visible(text))\"")
    }
    return count
  }

  /// The plan's share: `0.5`, `20%`.
  package static func share(_ text: String) throws(PlanError) -> Double {
    var body = text.filter { $0 != " " }
    let isPercent = body.last == "%"
    if isPercent { body.removeLast() }
    let number = ExactDecimal(body)
    guard let share = isPercent ? number?.hundredth : number, share <= .one else {
      throw .invalid(
        field: "share",
        text: "share: expected a part of the mean quota from 0 to 1 (0.5, 20%), found "
          + "\"\(visible(text))\"")
    }
    return share.doubleValue
  }
}

/// A number of rows, with `k`, `M` or `G` behind it if that is handier; nil for any other text and
/// for more than 2^52 rows.
private func wholeCount(_ body: String) -> Int? {
  let factor: Int =
    switch body.last {
    case "k", "K": 1_000
    case "m", "M": 1_000_000
    case "g", "G": 1_000_000_000
    default: 1
    }
  guard let value = ExactDecimal(factor == 1 ? body[...] : body.dropLast()),
    value <= ExactDecimal((1 << 52) / factor)
  else { return nil }
  if factor == 1 { return value.wholeNumber }
  return value.floor(times: factor)
}
