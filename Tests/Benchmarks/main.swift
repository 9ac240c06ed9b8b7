// The promises about speed, measured: medians of 100 runs in a release build, to be read by
// people. `swift run -c release winnow-bench`, or with a part of a name to run only those.

import Pruning

#if canImport(Glibc)
  import Glibc
  // As in the explorer (Sources/winnow/MemoryPolicy.swift): freed memory is kept for the next run.
  var block: UnsafeMutableRawPointer?
  if posix_memalign(&block, 64, 24 << 20) == 0 { free(block) }
#endif

/// Prints the median and the fastest of `runs` timed calls; `body` gets the number of the run.
func measure(_ name: String, runs: Int = 100, _ body: (Int) -> Void) {
  if CommandLine.arguments.count > 1 && !name.contains(CommandLine.arguments[1]) { return }
  let clock = ContinuousClock()
  body(0)
  let times = (0..<runs).map { run in clock.measure { body(run) } }.sorted()
  func microseconds(_ duration: Duration) -> Int { Int(duration / .microseconds(1)) }
  let median = microseconds((times[(runs - 1) / 2] + times[runs / 2]) / 2)
  print("\(name): median \(median) us, fastest \(microseconds(times[0])) us")
}

quotaBenchmarks()
selectionBenchmarks()
frameBenchmarks()
