import Dispatch
import Synchronization

/// Threads that somebody else of this process has for a while, so that all together stay within
/// what was allowed.
public enum ThreadBudget {
  private static let lent = Atomic<Int>(0)

  /// Takes `count` threads away from calls of ``parallel(tasks:threads:_:)`` that begin from now on,
  /// or gives them back with a negative number.
  public static func lend(_ count: Int) { lent.add(count, ordering: .relaxed) }

  fileprivate static func left(of threads: Int) -> Int {
    threads - lent.load(ordering: .relaxed)
  }
}

/// Runs `body(worker, task)` for every task in `0 ..< tasks` on up to `threads` threads.
///
/// Tasks are handed out in order, one at a time; a worker is a number in `0 ..< threads` that
/// runs one task at a time, for buffers of its own.  Results must not depend on which worker ran
/// a task.
public func parallel(
  tasks: Int, threads: Int, _ body: @Sendable (_ worker: Int, _ task: Int) -> Void
) {
  let workers = max(1, min(ThreadBudget.left(of: threads), tasks))
  if workers == 1 {
    for task in 0..<max(0, tasks) { body(0, task) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if task >= tasks { return }
      body(worker, task)
    }
  }
}

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
