import Synchronization

/// How far the step `filter` is, which passes over the rows several times: a row counts when all passes
/// have seen as many.
final class FilterPasses: Sendable {
  private let job: BuildJob
  private let passes: Int
  private let done: Mutex<Int>

  /// - Parameter passed: rows that have passed, over all passes so far.
  init(_ job: BuildJob, passed: Int) {
    let filters = job.parameters.filters
    passes = (filters.condition == nil ? 0 : 1) + (filters.similarityTop == nil ? 1 : 4)
    self.job = job
    done = Mutex(passed)
  }

  /// Says that some more rows have passed.
  func report(_ passed: Int) {
    done.withLock {
      $0 += passed
      job.report(.filter, done: $0 / passes, total: job.dataset.rows, unit: "rows")
    }
  }
}
