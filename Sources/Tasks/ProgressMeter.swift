// How far a stage is, how fast it goes and how long it will take: pure values, fed with the time
// by whoever has a clock.

/// What is known of a running stage at one moment.
@dynamicMemberLookup
public struct ProgressReading: Sendable, Equatable {
  public var progress: BuildProgress
  /// Since the stage began.
  public var seconds: Double
  /// Units a second; nil while it is too early to say.
  public var rate: Double?
  /// Seconds until the stage ends at that rate.
  public var left: Double?

  package init(
    _ progress: BuildProgress, seconds: Double, rate: Double? = nil, left: Double? = nil
  ) {
    (self.progress, self.seconds, self.rate, self.left) = (progress, seconds, rate, left)
  }

  public subscript<Value>(dynamicMember field: KeyPath<BuildProgress, Value>) -> Value {
    progress[keyPath: field]
  }

  /// Whether the stage is over.
  public var isFinished: Bool { progress.done >= progress.total }
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
  public mutating func update(_ progress: BuildProgress, now: Duration) -> ProgressReading? {
    if last?.stage != progress.stage {
      began = now
      samples = [Sample(seconds: 0, done: progress.done)]
      last = nil
    }
    if let last, last.total == progress.total, last.done > progress.done { return nil }
    last = measured(ProgressReading(progress, seconds: (now - began) / .seconds(1)))
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
