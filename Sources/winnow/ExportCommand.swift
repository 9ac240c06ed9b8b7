import ArgumentParser
import Foundations
import Manifests
import Workspace

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the keep list of a plan.",
    discussion: "Also writes NAME.winnow.json, from which winnow replay reproduces the list.")

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @OptionGroup var plan: PlanOptions

  @OptionGroup var list: ListOptions

  @OptionGroup var progress: ProgressOptions

  @Option(
    name: .shortAndLong, help: "The file to write, or - for standard output.",
    completion: .file())
  var output: String

  @Flag(help: "List the rows that are not kept instead.")
  var complement = false

  @Flag(help: "Overwrite existing files.")
  var force = false

  func validate() throws {
    if complement && list.wantedFormat == .counts {
      throw ValidationError(
        "--complement: --format counts holds the kept rows of each concept and has no complement; "
          + "choose another format")
    }
    if output == "-" && list.wantedFormat.isFolder {
      throw ValidationError(
        "--output: --format \(list.format) is a folder of files, which cannot go to standard "
          + "output; name one")
    }
    try plan.requireTarget()
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let plan = try plan.resolve(workspace)
      let reporter = progress.reporter()
      defer { reporter.abandon() }
      var request = ManifestRequest(
        workspace: workspace, choice: .plan(plan),
        lists: [.init(format: list.wantedFormat, output: output)], force: force,
        threads: list.threads.count)
      request.isComplement = complement
      request.programs = programs()
      let summary = try export(
        request,
        standardOutput: { (bytes) throws(WinnowError) in try standardOutput(bytes) },
        progress: { reporter.report("export", $0, of: plan.target) })[0]
      reporter.finish()
      if output != "-" {
        reporter.message(
          "\(output): \(summary.kept) of "
            + (complement ? "\(workspace.rows) rows, " : "\(workspace.candidates) candidates, ")
            + "SHA-256 \(summary.digest.prefix(16)); header in \(output).winnow.json")
      }
    }
  }
}
