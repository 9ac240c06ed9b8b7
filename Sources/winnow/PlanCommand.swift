import ArgumentParser
import Manifests
import Workspace

/// `winnow plan`.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Print the quota of every concept.")

  @Argument(help: "A workspace.", completion: .directory)
  var workspace: String

  @OptionGroup var plan: PlanOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print comma-separated values.")
  var csv = false

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let report = try QuotaReport(workspace, plan.resolve(workspace))
      standardOutput(json ? report.json() : csv ? report.csv() : report.text())
    }
  }
}
