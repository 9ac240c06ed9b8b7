// Who may do tasks of a build: any number of processes at once, but none while one removes what is of
// no use any more, or puts the workspace in its place.

import Foundations
import Glibc
import Storage

/// A part in a build's tasks, or the right to keep all others out; the end of the process drops it.
package struct TaskLock: ~Copyable {
  private let lock: FileLock

  /// The file below stage/.
  package static let name = "tasks.lock"

  private static func path(_ folder: String) -> String { "\(folder)/\(stageFolder)/\(name)" }

  private init(_ lock: consuming FileLock) { self.lock = lock }

  /// Keeps all others out.
  ///
  /// - Parameter workspace: what is made in the folder, for the message.
  /// - Throws: ``WinnowError``, also when some are still there after `wait`.
  package static func exclusive(
    _ folder: String, of workspace: String, wait: Duration
  ) throws(WinnowError) -> TaskLock {
    let end = ContinuousClock.now + wait
    while true {
      if let lock = try FileLock(path(folder)) {
        return TaskLock(lock)
      }
      if ContinuousClock.now >= end {
        throw .invalid(
          "\(workspace): tasks of it are under way in other processes (winnow task run); wait for "
            + "them or stop them")
      }
      usleep(20_000)
    }
  }

  /// Takes part; waits while somebody keeps all others out.
  ///
  /// - Throws: ``WinnowError``, ``WinnowError/interrupted`` when waiting was cancelled.
  package static func shared(
    _ folder: String, isCancelled: () -> Bool
  ) throws(WinnowError) -> TaskLock {
    while true {
      if let lock = try FileLock(path(folder), isShared: true) {
        return TaskLock(lock)
      }
      if isCancelled() { throw .interrupted }
      usleep(20_000)
    }
  }
}
