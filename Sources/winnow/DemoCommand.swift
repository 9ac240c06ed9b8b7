import ArgumentParser
import FoundationEssentials
import Foundations
import Glibc
import Manifests
import Storage
import Workspace

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Build the bundled sample and open the explorer on it.",
    discussion: """
      The sample is 1,250 Open Clip Art pictures with their embeddings and captions. Without a \
      terminal, the demo prints a summary and writes the keep list.
      """)

  @Argument(
    help: "A folder for the workspace and the keep list (default: a temporary one).",
    completion: .directory)
  var folder: String?

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    try failing {
      let place = try folder ?? temporaryFolder()
      let workspace = place + "/clipart.winnow"
      try build(workspace)
      let list = place + "/keep.txt"
      if hasTerminal {
        try ExploreCommand.parse([workspace, "--output", list]).run()
        standardError("\(workspace): open it again with: winnow explore \(workspace)")
      } else {
        try summarise(workspace, list)
      }
    }
  }

  private var hasTerminal: Bool {
    let term = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(0) == 1 && isatty(1) == 1 && !["", "dumb"].contains(term)
  }

  /// Builds the workspace of the sample, or reuses the one from an earlier demo in this folder with
  /// its committed plans.
  private func build(_ workspace: String) throws {
    if pathKind(workspace + "/workspace.json") == .file { return }
    let sample = try BundledAsset.sample.find()
    let options = try BuildOptions.parse(["--clusters", "60", "--progress", progress.progress])
    _ = try options.build(inputs: [sample], output: workspace, force: false)
  }

  private func temporaryFolder() throws -> String {
    let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array((parent + "/winnow-demo-XXXXXX").utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Failure("\(parent): cannot make a temporary folder in it; name one: winnow demo FOLDER")
    }
    return String(cString: made)
  }

  private func summarise(_ path: String, _ list: String) throws {
    let workspace = try OpenWorkspace(path: path)
    let plan = try PlanOptions.parse([]).resolve(workspace)
    standardOutput(try QuotaReport(workspace, plan).text(most: 10))
    let summary = try export(
      ManifestRequest(
        workspace: workspace, choice: .plan(plan), lists: [.init(format: .text, output: list)],
        // Overwrites the list of an earlier demo, and nothing else.
        force: pathKind(list + ".winnow.json") == .file, threads: 1),
      standardOutput: { (_) throws(WinnowError) in }, progress: { _ in !Interruption.isAsked })[0]
    standardOutput(
      "\nkeep list: \(list) (\(summary.kept) keys)\n"
        + "there is no terminal; in one, see and steer it with: winnow explore \(path)\n")
  }
}
