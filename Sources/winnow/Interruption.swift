// Ctrl-C: the first one asks the work to stop cleanly, the second one stops at once.  A closed
// pipe ends the program quietly, as every filter does.

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
    signal(SIGPIPE, SIG_DFL)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interruption.count.wrappingAdd(1, ordering: .relaxed).newValue > 1 { _exit(130) }
      }
    }
  }
}
