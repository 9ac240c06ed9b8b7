import ArgumentParser
import FoundationEssentials
import Foundations
import Manifests
import Workspace

/// `winnow export`.
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
        "--output: --format \(list.format) is a folder of files, which standard output cannot "
          + "take; name one")
    }
    if !plan.decidesTarget {
      throw ValidationError(
        "--keep: expected how much to keep, for example --keep 27.7%, or --plan")
    }
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
        threads: list.wantedThreads)
      request.isComplement = complement
      request.programs = programs()
      let summary = try export(
        request,
        standardOutput: { (bytes) throws(WinnowError) in try standardOutput(bytes) },
        progress: { part in
          reporter.report(
            stage: "export", number: 1, of: 1, done: Int(part * Double(plan.target)),
            total: plan.target, unit: "rows")
          return !Interruption.isAsked
        })[0]
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
