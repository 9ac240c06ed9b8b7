import ArgumentParser
import FoundationEssentials
import Manifests

/// The flags of every command that writes a keep list.
struct ListOptions: ParsableArguments {
  @Option(help: "text, rows, datacomp, csv or jsonl.")
  var format = "text"

  @Option(help: "Threads to use; the result is the same for any number.")
  var threads: Int?

  func validate() throws {
    if ManifestFormat(rawValue: format) == nil {
      let names = ManifestFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format: expected one of \(names), found '\(format)'")
    }
    if let threads, threads < 1 { throw ValidationError("--threads: expected 1 or more") }
  }

  /// The format that was asked for.
  var wantedFormat: ManifestFormat { ManifestFormat(rawValue: format) ?? .text }

  /// The threads to use.
  var wantedThreads: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}
