// From values to places and to the round figures that stand beside them.

/// An interval of values that a plot shows.
public struct Axis: Sendable, Equatable {
  public let low: Double
  public let high: Double

  /// An empty or upside-down interval is widened around `low`, so that there is always some room.
  public init(_ low: Double, _ high: Double) {
    let room = high > low ? 0 : max(abs(low) * 0.1, 1e-6)
    self.low = low - room
    self.high = (high > low ? high : low) + room
  }

  public var length: Double { high - low }

  /// Which of `places` equal parts a value lies in, from 0; -1 and `places` for what lies outside.
  public func place(_ value: Double, of places: Int) -> Int {
    let part = (value - low) / length * Double(places)
    guard part >= 0 else { return -1 }
    // The upper end belongs to the last part.
    return value > high ? places : min(places - 1, Int(min(part, 1e9)))
  }

  /// The distance of round figures (1, 2 or 5 times a power of ten) of which at most `most`, and
  /// at least one, fit.
  public func step(atMost most: Int) -> Double {
    let least = length / Double(max(1, most))
    var power = 1.0
    while power > least { power /= 10 }
    while power * 10 <= least { power *= 10 }
    for factor in [1.0, 2, 5] where power * factor >= least { return power * factor }
    return power * 10
  }

  /// The round figures within the interval, ascending.
  public func ticks(atMost most: Int) -> [Double] {
    let step = step(atMost: most)
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    guard first <= last, last - first < 1000 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// The decimals that tell the ticks apart.
  public func decimals(atMost most: Int) -> Int {
    var step = step(atMost: most)
    var places = 0
    while step < 0.999, places < 9 {
      step *= 10
      places += 1
    }
    return places
  }
}
