import ArgumentParser
import Manifests
import Workspace

/// `winnow compare`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Say what two plans keep in common, and where they differ.",
    discussion: "A plan is its file, or the header (.winnow.json) of a keep list that it made.")

  @Argument(help: "A workspace.", completion: .directory)
  var workspace: String

  @Argument(help: "The plan A.", completion: .file(extensions: ["json"]))
  var first: String

  @Argument(help: "The plan B.", completion: .file(extensions: ["json"]))
  var second: String

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  @Option(parsing: .unconditional, help: "Threads to use; the result is the same for any number.")
  var threads: Int?

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
    try checkThreads(threads)
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let comparison = try PlanComparison(
        workspace, (try workspace.readPlan(first), try workspace.readPlan(second)),
        names: (first, second), threads: wantedThreads(threads))
      standardOutput(json ? comparison.json() : csv ? comparison.csv() : comparison.text())
    }
  }
}
