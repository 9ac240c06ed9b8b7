import FoundationEssentials

/// Wall-clock seconds of every stage.
struct StageClock {
  let started = Date().ISO8601Format()
  private(set) var seconds: [String: Double] = [:]
  private var last = ContinuousClock.now

  /// Ends a stage and one that ran beside it.
  mutating func lap(_ stage: String, beside other: (stage: String, duration: Duration)) {
    lap(stage)
    let parts = other.duration.components
    seconds[other.stage] = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  mutating func lap(_ stage: String) {
    let now = ContinuousClock.now
    let parts = (now - last).components
    seconds[stage] = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    last = now
  }
}
