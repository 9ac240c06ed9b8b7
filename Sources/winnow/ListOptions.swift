import ArgumentParser
import FoundationEssentials
import Ingest
import Manifests

private let formatNames = ManifestFormat.allCases.map(\.rawValue)

/// The flags of every command that writes a keep list.
struct ListOptions: ParsableArguments {
  @Option(
    help:
      "Format of the list: \(formatNames.dropLast().joined(separator: ", ")) or \(formatNames.last!).",
    completion: .list(formatNames))
  var format = "text"

  @Option(parsing: .unconditional, help: "Number of threads; the result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if ManifestFormat(rawValue: format) == nil {
      let names = formatNames.joined(separator: ", ")
      throw ValidationError("--format: expected one of \(names), found '\(format)'")
    }
    try checkThreads(threads)
  }

  /// The format that was asked for.
  var wantedFormat: ManifestFormat { ManifestFormat(rawValue: format) ?? .text }

  /// The threads to use.
  var wantedThreads: Int { winnow.wantedThreads(threads) }
}

/// The programs to run, as named by the environment.
func programs() -> IngestOptions {
  IngestOptions(environment: ProcessInfo.processInfo.environment)
}

/// Refuses absurd numbers of threads, since every thread has buffers of its own.
func checkThreads(_ threads: Int?) throws {
  guard let threads, !(1...4096).contains(threads) else { return }
  throw ValidationError("--threads: expected 1 to 4096, found \(threads)")
}
