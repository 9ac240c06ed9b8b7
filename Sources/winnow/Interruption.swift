// Ctrl-C: the first one asks the work to stop cleanly, the second one stops at once.  A terminal
// that goes away asks, too, any number of times.  A pipe that was closed is an error of the write:
// results that nobody reads end the program quietly, messages that nobody reads end nothing.
//
// A build may be deep in a loop that does not ask.  What it has on the disk stands at any moment, so
// when it has not ended by itself soon after the first signal, the program ends all the same.

import Dispatch
import Glibc
import Synchronization

enum Interruption {
  private static let count = Atomic<Int>(0)

  /// Whether somebody asked to stop.
  static var isAsked: Bool { count.load(ordering: .relaxed) > 0 }

  static func install() {
    // The counter exists before a handler can touch it.
    _ = isAsked
    // Not ignored, as the programs that this one starts would inherit that.
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

  /// From now on ends the program with 130 when it still runs this long after the first signal.
  ///
  /// - Parameter message: what to say then.
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

  /// The work is over; nothing more is to be ended.
  static func endsByItself() { isWatched.store(false, ordering: .relaxed) }
}
