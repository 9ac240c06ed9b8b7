import ArgumentParser
import Manifests
import Workspace

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show what two plans keep in common and where they differ.",
    discussion: "Each plan is a plan file, or the header (.winnow.json) of a keep list.")

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @Argument(help: "Plan A.", completion: .file(extensions: ["json"]))
  var first: String

  @Argument(help: "Plan B.", completion: .file(extensions: ["json"]))
  var second: String

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print CSV.")
  var csv = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv cannot be combined") }
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let comparison = try PlanComparison(
        workspace, (try workspace.readPlan(first), try workspace.readPlan(second)),
        names: (first, second), threads: threads.count)
      standardOutput(json ? comparison.json() : csv ? comparison.csv() : comparison.text())
    }
  }
}
