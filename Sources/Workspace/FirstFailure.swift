import Synchronization

/// The failure of the lowest task, whatever order tasks ran in; later tasks can ask whether to
/// bother.
final class FirstFailure: Sendable {
  private let state = Mutex<(task: Int, error: WorkspaceError)?>(nil)

  func record(_ error: WorkspaceError, task: Int) {
    state.withLock { state in
      if state.map({ task < $0.task }) ?? true { state = (task, error) }
    }
  }

  var hasFailed: Bool { state.withLock { $0 != nil } }

  func rethrow() throws(WorkspaceError) {
    if let failure = state.withLock({ $0 }) { throw failure.error }
  }
}
