// Who may do tasks of a build: any number of processes at once, but none while one removes what is of
// no use any more, or puts the workspace in its place.

import Foundations
import Glibc
import Storage

/// A part in a build's tasks, or the right to keep all others out; the end of the process drops it.
package enum TaskLock {
  /// The file below stage/.
  package static let name = "tasks.lock"

  /// Keeps all others out.
  ///
  /// - Parameter workspace: what is made in the folder, for the message.
  /// - Throws: ``WinnowError``, also when some are still there after `wait`.
  package static func exclusive(
    _ folder: String, of workspace: String, wait: Duration
  ) throws(WinnowError) -> FileLock {
    let end = ContinuousClock.now + wait
    return try take(folder) { () throws(WinnowError) in
      if ContinuousClock.now < end { return }
      throw .invalid(
        "\(workspace): other processes are running its tasks (winnow task run); wait for them or "
          + "stop them")
    }
  }

  /// Takes part; waits while somebody keeps all others out.
  ///
  /// - Throws: ``WinnowError``, ``WinnowError/interrupted`` when waiting was cancelled.
  package static func shared(
    _ folder: String, isCancelled: () -> Bool
  ) throws(WinnowError) -> FileLock {
    try take(folder, isShared: true) { () throws(WinnowError) in
      if isCancelled() { throw .interrupted }
    }
  }

  /// - Parameter checkPatience: throws when it is not worth to wait any longer.
  private static func take(
    _ folder: String, isShared: Bool = false, checkPatience: () throws(WinnowError) -> Void
  ) throws(WinnowError) -> FileLock {
    while true {
      if let lock = try FileLock("\(folder)/\(stageFolder)/\(name)", isShared: isShared) {
        return lock
      }
      try checkPatience()
      usleep(20_000)
    }
  }
}
