import ArgumentParser
import Manifests
import Workspace

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Print the quota of every concept.",
    discussion: """
      With --rebase OLD_WORKSPACE --plan FILE, print that plan for WORKSPACE instead. Each override \
      moves to the concept nearest to its old one; standard error says how near.
      """)

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @OptionGroup var plan: PlanOptions

  @Option(
    help: "Carry over the overrides of --plan from this workspace.", completion: .directory)
  var rebase: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Print CSV.")
  var csv = false

  func validate() throws {
    if rebase != nil && (plan.plan == nil || json || csv) {
      throw ValidationError(
        "--rebase: expected --plan FILE as well, and neither --json nor --csv")
    }
    if json && csv { throw ValidationError("--json and --csv cannot be combined") }
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      if let rebase {
        let old = try OpenWorkspace(path: rebase)
        let moved = try PlanRebase(plan.resolve(old), from: old, to: workspace)
        for line in moved.text().split(separator: "\n") { standardError(String(line)) }
        return standardOutput(String(decoding: moved.plan.json(), as: UTF8.self))
      }
      let report = try QuotaReport(workspace, plan.resolve(workspace))
      standardOutput(json ? report.json() : csv ? report.csv() : report.text())
    }
  }
}
