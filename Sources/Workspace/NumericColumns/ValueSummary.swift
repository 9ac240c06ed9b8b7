// What the values of one concept in one column come to.

/// Count, mean and quantiles of some numbers.
public struct ValueSummary: Sendable, Equatable {
  /// The parts of the values that lie below each quantile.
  public static let fractions = [0.05, 0.25, 0.5, 0.75, 0.95]

  /// Values that are there.
  public let count: Int
  /// NaN where no value is there, like every quantile.
  public let mean: Double
  /// One for each of ``fractions``, ascending.
  public let quantiles: [Double]

  package init(count: Int, mean: Double, quantiles: [Double]) {
    self.count = count
    self.mean = mean
    self.quantiles = quantiles
  }

  /// Sums in ascending order, with the rounding errors beside: neither the order of the rows nor
  /// threads can be seen in the result.
  ///
  /// - Parameter values: finite, at most 1e280 in amount; they come back sorted.
  /// - Complexity: O(n log n)
  init(_ values: inout [Double]) {
    count = values.count
    guard !values.isEmpty else {
      mean = .nan
      quantiles = Self.fractions.map { _ in .nan }
      return
    }
    values.sort()
    var (sum, error) = (0.0, 0.0)
    for value in values {
      let next = sum + value
      error += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    mean = min(max((sum + error) / Double(values.count), values[0]), values[values.count - 1])
    quantiles = Self.fractions.map { [values] in Self.quantile($0, of: values) }
  }

  /// Between the two nearest values in proportion, with the very operations of `numpy.quantile`.
  private static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
    let place = Double(sorted.count - 1) * fraction
    let below = Int(place)
    let (low, high) = (sorted[below], sorted[min(below + 1, sorted.count - 1)])
    let part = place - Double(below)
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)
  }
}
