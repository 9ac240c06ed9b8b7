// Ctrl-C: the first one asks the work to stop cleanly, the second one stops at once.  A terminal
// that goes away asks, too, any number of times.  A pipe that was closed is an error of the write:
// results that nobody reads end the program quietly, messages that nobody reads end nothing.

import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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
}
