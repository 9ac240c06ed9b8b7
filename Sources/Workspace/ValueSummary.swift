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
}
