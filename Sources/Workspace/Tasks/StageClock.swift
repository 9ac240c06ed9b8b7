import FoundationEssentials

/// Wall-clock seconds of every stage.
struct StageClock {
  let started = Date().ISO8601Format()
  private(set) var seconds: [String: Double] = [:]
  private var last = ContinuousClock.now

  mutating func lap(_ stage: String) {
    let now = ContinuousClock.now
    let parts = (now - last).components
    seconds[stage] = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    last = now
  }
}
