// The scan, run beside the training where threads would otherwise wait: a digest is sequential, so a
// few large shards leave most threads without work.
//
// The training may begin before the scan is over because it needs nothing of it but the rows that
// cannot be used, and it sees for itself whether one of its own is such a row.

import Clustering
import Dispatch
import Foundations
import Synchronization

/// A scan that is over or still running.
final class Scanning: Sendable {
  private let group = DispatchGroup()
  private let outcome = Mutex<Result<ScanResult, WinnowError>?>(nil)
  private let took = Mutex<Duration>(.zero)

  /// Runs `body` now.
  init(_ body: () throws(WinnowError) -> ScanResult) {
    run(body)
  }

  /// Starts `body`, which takes `threads` threads of those that ``parallel(tasks:threads:_:)`` has.
  init(
    besideOthers threads: Int, _ body: @escaping @Sendable () throws(WinnowError) -> ScanResult
  ) {
    ThreadBudget.lend(threads)
    DispatchQueue.global().async(group: group) { [self] in
      run(body)
      ThreadBudget.lend(-threads)
    }
  }

  private func run(_ body: () throws(WinnowError) -> ScanResult) {
    let start = ContinuousClock.now
    let result: Result<ScanResult, WinnowError>
    do throws(WinnowError) { result = .success(try body()) } catch { result = .failure(error) }
    took.withLock { $0 = ContinuousClock.now - start }
    outcome.withLock { $0 = result }
  }

  /// How long it ran.
  var duration: Duration { took.withLock { $0 } }

  var isOver: Bool { outcome.withLock { $0 != nil } }

  var hasFailed: Bool {
    outcome.withLock { if case .failure = $0 { true } else { false } }
  }

  /// Waits until it is over; then its files are at rest.
  func wait() { group.wait() }

  /// What it found; waits until it is over.
  func result() throws(WinnowError) -> ScanResult {
    wait()
    return try outcome.withLock { $0! }.get()
  }
}
