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

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if ManifestFormat(rawValue: format) == nil {
      let names = formatNames.joined(separator: ", ")
      throw ValidationError("--format: expected one of \(names), found '\(format)'")
    }
  }

  var wantedFormat: ManifestFormat { ManifestFormat(rawValue: format) ?? .text }
}

/// The programs to run, as named by the environment.
func programs() -> IngestOptions {
  IngestOptions(environment: ProcessInfo.processInfo.environment)
}
