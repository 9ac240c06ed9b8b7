import Synchronization

/// How far the stage `filter` is, which passes over the rows some times: a row counts when all passes
/// have seen as many.
final class FilterPasses: Sendable {
  private let rows: Int
  private let passes: Int
  private let observer: BuildObserver
  private let done = Mutex(0)

  init(_ filters: RowFilters, rows: Int, _ observer: BuildObserver) {
    passes = (filters.condition == nil ? 0 : 1) + (filters.similarityTop == nil ? 1 : 4)
    self.rows = rows
    self.observer = observer
  }

  /// Says that some more rows have passed.
  func report(_ passed: Int) {
    done.withLock {
      $0 += passed
      observer.progress(
        BuildProgress(stage: .filter, done: $0 / passes, total: rows, unit: "rows"))
    }
  }

  /// Says that all of it is over, whatever was done before.
  func finish() { report(passes * rows - done.withLock { $0 }) }
}
