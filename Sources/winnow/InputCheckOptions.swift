import ArgumentParser
import FoundationEssentials

/// The flags of commands that can read a workspace's inputs again.
struct InputCheckOptions: ParsableArguments {
  @Flag(help: "Also read every input and compare its SHA-256.")
  var inputs = false

  @Option(
    help: "With --inputs, a folder to look in for moved inputs.", completion: .directory)
  var root: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if root != nil && !inputs {
      throw ValidationError("--root: expected --inputs as well, found none; add it")
    }
  }
}

/// The flag of commands that work on several threads.
struct ThreadOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Number of threads; the result does not depend on it.")
  var threads: Int?

  func validate() throws { try Self.check(threads) }

  /// Refuses absurd numbers of threads, since every thread has buffers of its own.
  static func check(_ threads: Int?) throws {
    guard let threads, !(1...4096).contains(threads) else { return }
    throw ValidationError("--threads: expected 1 to 4096, found \(threads)")
  }

  /// The requested number of threads, or one per processor.
  var count: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}
