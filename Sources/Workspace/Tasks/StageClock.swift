import FoundationEssentials

/// Wall-clock seconds of every stage.
struct StageClock {
  let started = Date().ISO8601Format()
  private(set) var seconds: [String: Double] = [:]
  private var last = ContinuousClock.now

  /// Says how long a stage took that may have run beside others.
  mutating func add(_ stage: String, _ duration: Duration) {
    let parts = duration.components
    seconds[stage] = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  mutating func lap(_ stage: String) {
    let now = ContinuousClock.now
    add(stage, now - last)
    last = now
  }
}
