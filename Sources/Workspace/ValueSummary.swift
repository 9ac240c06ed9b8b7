import Foundations

/// A summary in the making: values come in ascending order, any number at a time.
///
/// They are summed in that order, with the rounding errors beside: neither the order of the rows nor
/// threads can be seen in the result.
package struct ValueSumming {
  private let count: Int
  private var sum = 0.0
  private var error = 0.0
  private var first = Double.nan
  private var last = Double.nan
  private var seen = 0
  /// The two nearest values of each quantile.
  private var nearest: [(low: Double, high: Double)]

  /// - Parameter count: how many values will come.
  package init(count: Int) {
    self.count = count
    nearest = ValueSummary.fractions.map { _ in (.nan, .nan) }
  }

  /// - Parameter bits: see ``orderedBits(_:)``; none before the last one of those so far.
  package mutating func add(_ bits: UnsafeBufferPointer<UInt64>) {
    if bits.isEmpty { return }
    if seen == 0 { first = value(ofOrderedBits: bits[0]) }
    for bits in bits {
      let value = value(ofOrderedBits: bits)
      let next = sum + value
      error += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    last = value(ofOrderedBits: bits[bits.count - 1])
    let places = seen..<seen + bits.count
    for (number, fraction) in ValueSummary.fractions.enumerated() {
      let below = Int(place(fraction))
      let above = min(below + 1, count - 1)
      if places.contains(below) { nearest[number].low = value(ofOrderedBits: bits[below - seen]) }
      if places.contains(above) { nearest[number].high = value(ofOrderedBits: bits[above - seen]) }
    }
    seen += bits.count
  }

  /// Where a quantile lies among the values, from 0.
  private func place(_ fraction: Double) -> Double { Double(count - 1) * fraction }

  /// The summary, once all values came.
  package var summary: ValueSummary {
    precondition(seen == count, "a summary of \(count) values was given \(seen)")
    guard count > 0 else {
      return ValueSummary(count: 0, mean: .nan, quantiles: ValueSummary.fractions.map { _ in .nan })
    }
    // Between the two nearest values in proportion, with the very operations of `numpy.quantile`.
    let quantiles = zip(ValueSummary.fractions, nearest).map { fraction, nearest in
      let part = place(fraction) - Double(Int(place(fraction)))
      let (low, high) = nearest
      return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part)
    }
    return ValueSummary(
      count: count, mean: min(max((sum + error) / Double(count), first), last),
      quantiles: quantiles)
  }
}

extension ValueSummary {
  /// The summary of these values.
  ///
  /// - Parameter values: finite, at most 1e280 in amount.
  /// - Complexity: O(n log n)
  init(_ values: [Double]) {
    let bits = values.map(orderedBits).sorted()
    var summing = ValueSumming(count: bits.count)
    bits.withUnsafeBufferPointer { summing.add($0) }
    self = summing.summary
  }
}

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
