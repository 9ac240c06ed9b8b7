import ArgumentParser
import Manifests

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Reproduce a keep list from its header.",
    discussion: """
      Without --output, nothing is written: the list is only reproduced and compared. If the \
      header, list, workspace or inputs have changed, prints the difference and exits with 1.
      """)

  @Argument(help: "A keep list or its header (.winnow.json).", completion: .file())
  var manifest: String

  @Option(help: "The workspace, if it is not where the header says.", completion: .directory)
  var workspace: String?

  @Option(name: .shortAndLong, help: "Write the list here.", completion: .file())
  var output: String?

  @Flag(help: "Overwrite existing files.")
  var force = false

  @OptionGroup var inputs: InputCheckOptions

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    try failing {
      var request = ReplayRequest(
        manifest: manifest, threads: inputs.threads.count, programs: programs())
      request.workspace = workspace
      request.output = output
      request.force = force
      request.inputs = inputs.inputs
      request.root = inputs.root
      let reporter = progress.reporter()
      defer { reporter.abandon() }
      let result = try replay(request) { reporter.report("replay", $0, of: 1000) }
      reporter.finish()
      standardOutput(result.summary(output: output))
    }
  }
}
