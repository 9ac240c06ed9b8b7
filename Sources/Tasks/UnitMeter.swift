import Synchronization

/// Counts the units of a stage that are done, and tells of it; any thread may add.
final class UnitMeter: Sendable {
  /// The units of each result.
  let units: [Int]
  private let total: Int
  private let report: @Sendable (_ done: Int, _ total: Int) -> Void
  private let done = Mutex(0)

  init(units: [Int], _ report: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
    self.units = units
    total = units.reduce(0, +)
    self.report = report
  }

  func add(_ units: Int) {
    done.withLock {
      $0 += units
      report($0, total)
    }
  }
}
