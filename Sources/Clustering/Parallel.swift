import Dispatch
import Synchronization

/// Runs `body(worker, task)` for every task in `0 ..< tasks` on up to `threads` threads.
///
/// Tasks are handed out in order, one at a time; a worker is a number in `0 ..< threads` that
/// runs one task at a time, for buffers of its own.  Results must not depend on which worker ran
/// a task.
public func parallel(
  tasks: Int, threads: Int, _ body: @Sendable (_ worker: Int, _ task: Int) -> Void
) {
  let workers = max(1, min(threads, tasks))
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
