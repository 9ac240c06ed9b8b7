import Synchronization

/// Counts the rows of a stage that are done, and tells of it.
final class RowMeter: Sendable {
  private let stage: BuildProgress.Stage
  private let total: Int
  private let observer: BuildObserver
  private let done = Mutex(0)

  init(_ stage: BuildProgress.Stage, total: Int, _ observer: BuildObserver) {
    self.stage = stage
    self.total = total
    self.observer = observer
  }

  func add(_ rows: Int) {
    done.withLock {
      $0 += rows
      observer.progress(BuildProgress(stage: stage, done: $0, total: total, unit: "rows"))
    }
  }
}
