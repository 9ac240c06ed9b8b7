import Synchronization

/// Runs `body(worker, task)` like ``parallel(tasks:threads:_:)``, for tasks that may fail: once one
/// has, no further one begins.
///
/// - Parameter isCancelled: asked before each task.
/// - Throws: the error of the lowest task that failed, whatever order they ran in, or
///   ``WinnowError/interrupted``.
public func parallel(
  tasks: Int, threads: Int, isCancelled: @Sendable () -> Bool = { false },
  _ body: @Sendable (_ worker: Int, _ task: Int) throws(WinnowError) -> Void
) throws(WinnowError) {
  let failure = FirstFailure()
  parallel(tasks: tasks, threads: threads) { worker, task in
    if failure.hasFailed { return }
    do throws(WinnowError) {
      if isCancelled() { throw .interrupted }
      try body(worker, task)
    } catch { failure.record(error, task: task) }
  }
  try failure.rethrow()
}

/// The failure of the lowest task, whatever order tasks ran in.
private final class FirstFailure: Sendable {
  private let state = Mutex<(task: Int, error: WinnowError)?>(nil)

  func record(_ error: WinnowError, task: Int) {
    state.withLock { state in
      if state.map({ task < $0.task }) ?? true { state = (task, error) }
    }
  }

  var hasFailed: Bool { state.withLock { $0 != nil } }

  func rethrow() throws(WinnowError) {
    if let failure = state.withLock({ $0 }) { throw failure.error }
  }
}
