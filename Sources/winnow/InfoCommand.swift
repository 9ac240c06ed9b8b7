import ArgumentParser
import Manifests
import Workspace

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what is in a workspace.")

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try failing {
      let report = try WorkspaceReport(OpenWorkspace(path: workspace))
      standardOutput(json ? report.json() : report.text())
    }
  }
}
