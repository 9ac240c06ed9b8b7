// The steps of tau: twelve in a decade, of which 0.1, 0.2 and 0.5, the published values, are some.

import Canvas

package enum Temperature {
  private static let rungs: [Double] = [10, 12, 15, 18, 22, 25, 30, 35, 40, 50, 60, 80]

  /// The nearest rung above or below `value`; nil beyond 0.001 and 100.
  ///
  /// Each rung is one correctly rounded division, so going up and down again gives the same bits.
  package static func step(from value: Double, up: Bool) -> Double? {
    let decades: [Double] = [10_000, 1_000, 100, 10, 1]
    let ladder: [Double] = decades.flatMap { decade in rungs.map { $0 / decade } } + [100]
    return up ? ladder.first { $0 > value } : ladder.last { $0 < value }
  }

  /// Three decimals where they say all of it, else as many as it takes.
  package static func text(_ value: Double) -> String {
    let short = fixed(value, 3)
    return Double(short) == value ? short : "\(value)"
  }
}
