import ArgumentParser
import Manifests
import Workspace

struct ArmsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "arms", abstract: "Write baseline lists of the same size.",
    discussion: """
      Writes the lists complexity, uniform, proportional (SSP pruning), random (over all \
      candidates) and similarity (highest image-text similarity), and compares them in arms.json, overlaps.csv and \
      concepts.csv.
      """)

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @OptionGroup var plan: PlanOptions

  @OptionGroup var list: ListOptions

  @OptionGroup var progress: ProgressOptions

  @Option(name: .shortAndLong, help: "The folder for the lists.", completion: .directory)
  var output: String

  @Flag(help: "Overwrite existing files.")
  var force = false

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws {
    try plan.requireTarget()
    if plan.strategy != nil {
      throw ValidationError("--strategy: every arm has its own; remove it")
    }
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let plan = try plan.resolve(workspace)
      let reporter = progress.reporter()
      defer { reporter.abandon() }
      let report = try writeArms(
        workspace, plan, list.wantedFormat, folder: output, force: force,
        threads: list.threads.count, programs: programs()
      ) { reporter.report("arms", $0, of: plan.target) }
      reporter.finish()
      for out in report.leftOut {
        reporter.message("\(out.arm.rawValue): not written because \(out.reason)")
      }
      standardOutput(json ? report.json() : report.text())
    }
  }
}
