import ArgumentParser
import Manifests

/// `winnow replay`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Make a keep list again from its own header.",
    discussion: """
      Without --output nothing is written: the list is made again and compared. Ends with 1 and the \
      difference when header, list, workspace or inputs are not what they were.
      """)

  @Argument(help: "A keep list or its .winnow.json.", completion: .file())
  var manifest: String

  @Option(help: "Where the workspace is now, if not where the header says.", completion: .directory)
  var workspace: String?

  @Option(name: .shortAndLong, help: "Write the list here.", completion: .file())
  var output: String?

  @Flag(help: "Replace existing files.")
  var force = false

  @OptionGroup var inputs: InputCheckOptions

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    try failing {
      var request = ReplayRequest(
        manifest: manifest, threads: inputs.wantedThreads, programs: programs())
      request.workspace = workspace
      request.output = output
      request.force = force
      request.inputs = inputs.inputs
      request.root = inputs.root
      let reporter = progress.reporter()
      defer { reporter.abandon() }
      let result = try replay(request) { part in
        reporter.report(
          stage: "replay", number: 1, of: 1, done: Int(part * 1000), total: 1000, unit: "rows")
        return !Interruption.isAsked
      }
      reporter.finish()
      standardOutput(result.summary(output: output))
    }
  }
}
