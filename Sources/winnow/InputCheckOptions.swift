import ArgumentParser
import FoundationEssentials

/// The flags of commands that can read a workspace's inputs again.
struct InputCheckOptions: ParsableArguments {
  @Flag(help: "Also read every input and compare its SHA-256.")
  var inputs = false

  @Option(
    help: "With --inputs, a folder to look in for moved inputs.", completion: .directory)
  var root: String?

  @Option(parsing: .unconditional, help: "Number of threads; the result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if root != nil && !inputs {
      throw ValidationError("--root: it says where --inputs are; add it")
    }
    try checkThreads(threads)
  }

  /// The threads to use.
  var wantedThreads: Int { winnow.wantedThreads(threads) }
}

/// The requested number of threads, or one per processor.
func wantedThreads(_ threads: Int?) -> Int {
  threads ?? ProcessInfo.processInfo.activeProcessorCount
}
