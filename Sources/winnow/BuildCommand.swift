import Build
import ArgumentParser
import Clustering
import FoundationEssentials
import Ingest
import Tasks
import Workspace

/// `winnow build`.
struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Cluster and score embeddings; everything later reads only the workspace.")

  @Argument(
    help: ArgumentHelp(
      "Files and folders of embeddings: .npy files, folders of them, clip-retrieval folders, "
        + "DataComp pools, float32 files without a header, Parquet with a column of lists."),
    completion: .file())
  var inputs: [String]

  @OptionGroup var options: BuildOptions

  @Option(name: .shortAndLong, help: "The workspace to make.", completion: .directory)
  var output: String

  @Flag(help: "Replace an existing workspace; its committed plans stay.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Where the tasks run: on a Ray cluster, of this machine or at an address (default: here).",
      valueName: "engine"))
  var on: EngineChoice?

  @Flag(help: "Say what the build would take (memory, disk, time) and write nothing.")
  var dryRun = false

  @Flag(help: "Print what --dry-run found out as JSON.")
  var json = false

  func validate() throws {
    try options.check()
    if json, !dryRun { throw ValidationError("--json goes with --dry-run") }
  }

  func run() throws {
    if dryRun {
      let forecast = try failing {
        try forecastBuild(options.parameters(inputs: inputs, output: output, force: force))
      }
      return standardOutput(
        json ? String(decoding: try forecast.json(), as: UTF8.self) : forecast.text)
    }
    _ = try options.build(inputs: inputs, output: output, force: force, on: on)
  }
}

extension BuildSummary {
  /// One line for people.
  var announcement: String {
    "\(path): \(counted(description.candidates, "candidate")) of "
      + "\(counted(description.rows, "row")), \(counted(description.clusters, "concept")), mean cosine "
      + "\((description.objective * 1e6).rounded() / 1e6), fingerprint "
      + "\(log.fingerprint.prefix(16)); look at it with: winnow explore \(path)"
  }
}

private func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
