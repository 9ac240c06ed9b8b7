import ArgumentParser
import Manifests
import Workspace

/// `winnow explain`.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why items are kept or dropped.",
    discussion: """
      For every key: the stage that dropped it, or its concept, distance, rank, quota, cut and \
      override. Without a plan the opening plan is explained.
      """)

  @Argument(help: "A workspace.", completion: .directory)
  var workspace: String

  @Argument(help: "Keys of items.")
  var keys: [String] = []

  @Option(help: "An item by its row number, from 0; may be given several times.")
  var row: [Int] = []

  @OptionGroup var plan: PlanOptions

  @Option(
    help: "Explain the list of this header (.winnow.json) or beside it, instead of a plan.",
    completion: .file())
  var manifest: String?

  @Option(parsing: .unconditional, help: "Threads to use; the result is the same for any number.")
  var threads: Int?

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    if keys.isEmpty && row.isEmpty {
      throw ValidationError("expected keys, or rows with --row, found none")
    }
    if manifest != nil && (plan.decidesTarget || plan.changesPlan) {
      throw ValidationError("--manifest: a list decides everything; remove the other flags")
    }
    try checkThreads(threads)
  }

  func run() throws {
    try failing {
      let workspace = try OpenWorkspace(path: workspace)
      let choice: RowChoice =
        try manifest.map { try manifestChoice($0, workspace) } ?? .plan(plan.resolve(workspace))
      let rows = try rowsToExplain(keys, row, workspace)
      let explanations = try explain(
        rows, workspace, choice, threads: wantedThreads(threads),
        goesOn: { _ in !Interruption.isAsked })
      standardOutput(
        explanations.map { json ? $0.json() : $0.text(choice) }.joined(separator: json ? "" : "\n"))
    }
  }
}
