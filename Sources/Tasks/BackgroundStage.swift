// A stage that runs beside the next one where threads would otherwise wait.  A digest is sequential,
// so a few large shards leave most threads of a scan without work.

import Dispatch
import Foundations
import Synchronization

/// A stage that is still running, or over.
final class BackgroundStage: Sendable {
  let name: StageName
  private let group = DispatchGroup()
  private let outcome = Mutex<(result: Result<Void, WinnowError>, took: Duration)?>(nil)

  /// Starts `body`, which takes `threads` threads of those that ``parallel(tasks:threads:_:)`` has.
  init(
    _ name: StageName, threads: Int, _ body: @escaping @Sendable () throws(WinnowError) -> Void
  ) {
    self.name = name
    ThreadBudget.lend(threads)
    DispatchQueue.global().async(group: group) { [self] in
      let start = ContinuousClock.now
      let result: Result<Void, WinnowError>
      do throws(WinnowError) { result = .success(try body()) } catch { result = .failure(error) }
      outcome.withLock { $0 = (result, ContinuousClock.now - start) }
      ThreadBudget.lend(-threads)
    }
  }

  /// How long it ran; zero while it does.
  var duration: Duration { outcome.withLock { $0?.took ?? .zero } }

  var isOver: Bool { outcome.withLock { $0 != nil } }

  var hasFailed: Bool {
    outcome.withLock { if case .failure = $0?.result { true } else { false } }
  }

  /// Waits until it is over; then its files are at rest.
  func wait() { group.wait() }

  /// Waits until it is over.
  ///
  /// - Throws: what it failed with.
  func finish() throws(WinnowError) {
    wait()
    try outcome.withLock { $0!.result }.get()
  }
}
