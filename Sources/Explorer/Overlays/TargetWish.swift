// A typed target. Everything that `--keep` takes, and what is handy at a prompt: commas between
// thousands, `k`, `M` and `G` behind a count, and a sign for "so much more or less than now".

import Pruning

package enum TargetWish {
  /// The target that `text` asks for: `27.7%`, `0.277`, `1` (everything), `84,000,000`, `84M`,
  /// `+10k`, `-0.5%`.
  ///
  /// A part of the candidates is rounded down. The result may be out of reach; the solver says so.
  package static func target(
    _ text: String, from current: Int, candidates: Int
  ) throws(PlanError) -> Int {
    var body = text.filter { $0 != "," && $0 != "_" && $0 != " " }
    guard let sign = body.first, sign == "+" || sign == "-" else {
      return try amount(body, candidates: candidates, relative: false)
    }
    body.removeFirst()
    let step = try amount(body, candidates: candidates, relative: true)
    let (sum, overflow) = current.addingReportingOverflow(sign == "-" ? -step : step)
    return overflow ? Int.max : max(0, sum)
  }

  private static func amount(
    _ body: String, candidates: Int, relative: Bool
  ) throws(PlanError) -> Int {
    if let unit = body.last, let factor = units[unit],
      let value = ExactDecimal(body.dropLast()), value <= ExactDecimal((1 << 52) / factor)
    {
      return value.floor(times: factor)
    }
    // `+1` is one row more, though `1` alone is everything.
    if relative, let count = ExactDecimal(body)?.wholeNumber { return count }
    return try Keep(parsing: body).target(candidates: candidates)
  }

  private static let units: [Character: Int] = [
    "k": 1_000, "K": 1_000, "m": 1_000_000, "M": 1_000_000, "g": 1_000_000_000,
    "G": 1_000_000_000,
  ]
}
