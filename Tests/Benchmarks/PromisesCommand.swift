// The promises about single steps of the explorer: medians of 100 runs.

import ArgumentParser
import Glibc

struct PromisesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promises", abstract: "Re-solving, selecting, frames: medians of 100 runs.")

  @Argument(help: "A part of a name; only those run.")
  var name: String?

  func run() {
    // As in the explorer (Sources/winnow/MemoryPolicy.swift): freed memory is kept.
    var block: UnsafeMutableRawPointer?
    if posix_memalign(&block, 64, 24 << 20) == 0 { free(block) }
    let promises = Promises(part: name)
    quotaBenchmarks(promises)
    selectionBenchmarks(promises)
    frameBenchmarks(promises)
  }
}

/// Measures those promises whose name has the wanted part.
struct Promises {
  let part: String?

  /// Prints the median and the fastest of `runs` timed calls; `body` gets the number of the run.
  func measure(_ name: String, runs: Int = 100, _ body: (Int) -> Void) {
    if let part, !name.contains(part) { return }
    let clock = ContinuousClock()
    body(0)
    let times = (0..<runs).map { run in clock.measure { body(run) } }.sorted()
    func microseconds(_ duration: Duration) -> Int { Int(duration / .microseconds(1)) }
    let median = microseconds((times[(runs - 1) / 2] + times[runs / 2]) / 2)
    print("\(name): median \(median) us, fastest \(microseconds(times[0])) us")
  }
}
