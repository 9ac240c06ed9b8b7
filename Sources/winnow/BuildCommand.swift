import ArgumentParser
import Build
import Foundations
import Workspace

struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Cluster and score embeddings; later commands read only the workspace.")

  @Argument(
    help: ArgumentHelp(
      "Embeddings: .npy files or folders of them, clip-retrieval folders, DataComp pools, "
        + "headerless float32 files, or Parquet files with a list column."),
    completion: .file())
  var inputs: [String]

  @OptionGroup var options: BuildOptions

  @Option(name: .shortAndLong, help: "The workspace to create.", completion: .directory)
  var output: String

  @Flag(help: "Replace an existing workspace, but keep its committed plans.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Run the tasks on a Ray cluster, local or remote (default: in this process).",
      valueName: "engine"))
  var on: EngineChoice?

  @Flag(help: "Print the memory, disk space and time a build would need, and write nothing.")
  var dryRun = false

  @Flag(help: "Print the result of --dry-run as JSON.")
  var json = false

  func validate() throws {
    try options.check()
    if json, !dryRun { throw ValidationError("--json needs --dry-run") }
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

/// The argument of `winnow build --on`: where the tasks of a build run.
struct EngineChoice: ExpressibleByArgument, Equatable {
  /// What ``RayEngine/start(address:workspace:environment:patience:message:isCancelled:)`` is told.
  let address: String

  init?(argument: String) {
    if argument == "ray" {
      address = RayEngine.local
      return
    }
    // The port must be given. If our default differed from the user's port, the error would name a
    // cluster that nobody can reach.
    guard argument.hasPrefix("ray://"), let colon = argument.lastIndex(of: ":"),
      colon > argument.index(argument.startIndex, offsetBy: 6),
      let port = Int(argument[argument.index(after: colon)...]), (1..<1 << 16).contains(port)
    else { return nil }
    address = argument
  }

  /// Shown in the parser's errors and in help.
  static let allValueStrings = ["ray", "ray://HOST:PORT"]
  static let defaultCompletionKind = CompletionKind.list(["ray", "ray://"])
}

extension BuildSummary {
  var announcement: String {
    "\(path): \(counted(description.candidates, "candidate")) of "
      + "\(counted(description.rows, "row")), \(counted(description.clusters, "concept")), mean "
      + "cosine \((description.objective * 1e6).rounded() / 1e6), fingerprint "
      + "\(log.fingerprint.prefix(16)); explore it with: winnow explore \(path)"
  }
}
