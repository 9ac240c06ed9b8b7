import ArgumentParser
import Manifests
import Workspace

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain why items are kept or dropped.",
    discussion: """
      Prints, for each key, the stage that dropped it, or its concept, distance, rank, quota, cut \
      and override. Without a plan, explains the default plan.
      """)

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @Argument(help: "Keys of items.")
  var keys: [String] = []

  @Option(help: "Row number of an item, from 0; may be repeated.")
  var row: [Int] = []

  @OptionGroup var plan: PlanOptions

  @Option(
    help: "Explain this keep list, or the one with this header (.winnow.json), instead of a plan.",
    completion: .file())
  var manifest: String?

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Print JSON, one object per line.")
  var json = false

  func validate() throws {
    if keys.isEmpty && row.isEmpty {
      throw ValidationError("expected keys, or rows with --row, found none")
    }
    if manifest != nil && (plan.decidesTarget || plan.changesPlan) {
      throw ValidationError("--manifest: the list already fixes the plan; remove the other flags")
    }
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let choice: RowChoice =
        try manifest.map { try manifestChoice($0, workspace) } ?? .plan(plan.resolve(workspace))
      let rows = try rowsToExplain(keys, row, workspace)
      let explanations = try explain(
        rows, workspace, choice, threads: threads.count,
        goesOn: { _ in !Interruption.isAsked })
      standardOutput(
        explanations.map { json ? $0.json() : $0.text(choice) }.joined(separator: json ? "" : "\n"))
    }
  }
}
