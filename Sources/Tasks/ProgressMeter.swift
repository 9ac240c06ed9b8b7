// How far a stage is, how fast it goes and how long it will take: pure values, fed with the time
// by whoever has a clock.

/// What is known of a running stage at one moment.
public struct ProgressReading: Sendable, Equatable {
  /// The stage's name, such as `scan`.
  public var stage: String
  /// Its place among `stages`, from 1.
  public var number: Int
  public var stages: Int
  public var done: Int
  public var total: Int
  /// What is counted, in the plural: `rows`, `rounds`, `concepts`.
  public var unit: String
  /// Since the stage began.
  public var seconds: Double
  /// Units a second; nil while it is too early to say.
  public var rate: Double?
  /// Seconds until the stage ends at that rate.
  public var left: Double?

  package init(
    stage: String, number: Int, stages: Int, done: Int, total: Int, unit: String, seconds: Double,
    rate: Double? = nil, left: Double? = nil
  ) {
    self.stage = stage
    self.number = number
    self.stages = stages
    self.done = done
    self.total = total
    self.unit = unit
    self.seconds = seconds
    self.rate = rate
    self.left = left
  }

  /// Whether the stage is over.
  public var isFinished: Bool { done >= total }
}

/// Turns what a stage reports into readings.
///
/// The rate is that of the last half minute, so that a stage whose pace changes is told the new one;
/// what was done before the first report (a build that continues another) does not count.
public struct ProgressMeter: Sendable {
  /// Seconds that a rate looks back.
  static let window = 30.0
  /// Seconds before a rate is worth telling.
  static let patience = 1.0

  private struct Sample: Sendable {
    var seconds: Double
    var done: Int
  }

  private var stage: String?
  private var began = Duration.zero
  private var samples: [Sample] = []
  /// The newest reading of the running stage.
  public private(set) var last: ProgressReading?

  public init() {}

  /// Takes a report.
  ///
  /// - Parameters:
  ///   - now: the time since any fixed moment, never falling.
  /// - Returns: nil when another thread has told more of this stage already.
  public mutating func update(
    stage: String, number: Int, of stages: Int, done: Int, total: Int, unit: String, now: Duration
  ) -> ProgressReading? {
    if self.stage != stage {
      self.stage = stage
      began = now
      samples = [Sample(seconds: 0, done: done)]
      last = nil
    }
    if let last, last.total == total, last.done > done { return nil }
    let reading = ProgressReading(
      stage: stage, number: number, stages: stages, done: done, total: total, unit: unit,
      seconds: (now - began) / .seconds(1))
    last = measured(reading)
    return last
  }

  /// The newest reading as it would be now, without news from the stage.
  public func reading(now: Duration) -> ProgressReading? {
    guard var reading = last else { return nil }
    reading.seconds = (now - began) / .seconds(1)
    return reading
  }

  private mutating func measured(_ reading: ProgressReading) -> ProgressReading {
    var reading = reading
    // A total that was corrected (training that ended early) begins a new count.
    if let newest = samples.last, newest.done > reading.done {
      samples = [Sample(seconds: reading.seconds, done: reading.done)]
    }
    while samples.count > 1, reading.seconds - samples[1].seconds >= Self.window {
      samples.removeFirst()
    }
    let first = samples[0]
    let time = reading.seconds - first.seconds
    if time >= Self.patience, reading.done > first.done {
      let rate = Double(reading.done - first.done) / time
      reading.rate = rate
      reading.left = Double(max(0, reading.total - reading.done)) / rate
    }
    if reading.seconds - samples[samples.count - 1].seconds >= 1 {
      samples.append(Sample(seconds: reading.seconds, done: reading.done))
    }
    return reading
  }
}
