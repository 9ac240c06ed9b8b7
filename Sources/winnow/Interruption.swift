// Ctrl-C: the first one asks the work to stop cleanly, the second one stops at once.  A terminal
// that disappears also asks, any number of times.  Writing to a closed pipe is an error: a closed
// standard output ends the program quietly, a closed standard error does not end it.
//
// A build may be in a loop that does not check.  Its files on disk are valid at any moment, so if it has
// not stopped by itself soon after the first signal, the program ends anyway.

import Dispatch
import Glibc
import Synchronization

enum Interruption {
  private static let count = Atomic<Int>(0)

  static var isAsked: Bool { count.load(ordering: .relaxed) > 0 }

  static func install() {
    // The counter exists before a handler can touch it.
    _ = isAsked
    // Handled rather than ignored: child programs would inherit an ignored signal.
    signal(SIGPIPE) { _ in }
    let hangUp = signal(SIGHUP) { _ in
      _ = Interruption.count.compareExchange(expected: 0, desired: 1, ordering: .relaxed)
    }
    // Started by nohup.
    if unsafeBitCast(hangUp, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(SIGHUP, SIG_IGN)
    }
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interruption.count.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(130) }
      }
    }
  }

  private static let isWatched = Atomic<Bool>(false)

  /// Ends the program with 130 if it is still running this long after the first signal.
  ///
  /// - Parameter message: printed when that happens.
  static func endAtLast(after milliseconds: Int, _ message: @escaping @Sendable () -> String) {
    isWatched.store(true, ordering: .relaxed)
    let queue = DispatchQueue(label: "interruption")
    @Sendable func look() {
      guard isWatched.load(ordering: .relaxed) else { return }
      guard isAsked else {
        return queue.asyncAfter(deadline: .now() + .milliseconds(50)) { look() }
      }
      queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
        guard isWatched.load(ordering: .relaxed) else { return }
        standardError("winnow: \(message())")
        _exit(130)
      }
    }
    queue.async { look() }
  }

  /// The work is done; the program will end by itself.
  static func endsByItself() { isWatched.store(false, ordering: .relaxed) }
}
