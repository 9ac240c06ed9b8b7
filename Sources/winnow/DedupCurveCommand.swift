import ArgumentParser
import Build
import FoundationEssentials
import Tasks

struct DedupCurveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dedup-curve",
    abstract: "Print how many rows deduplication would keep at each of 20 epsilons.",
    discussion: """
      Exact for --dedup-rule chain, a lower bound for greedy. Given a workspace, it searches the \
      candidates as they were before deduplication, in the workspace's fine clusters; the inputs \
      must still be there.
      """)

  @Argument(
    help: "A workspace, or embeddings as for winnow build.",
    completion: .file())
  var inputs: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of fine clusters (default: one per 5,000 candidates, or the workspace's).",
      valueName: "count"))
  var dedupClusters: Int?

  @Option(parsing: .unconditional, help: "Seed for the fine clusters.")
  var seed: UInt64 = 1

  @Flag(help: "Drop rows that are all zero or have a NaN or infinity, instead of failing.")
  var skipInvalid = false

  @Option(
    help: ArgumentHelp(
      "Folder for temporary files, about 40 bytes per row (default: $TMPDIR or /tmp).",
      valueName: "folder"),
    completion: .directory)
  var scratch: String?

  @OptionGroup var threads: ThreadOptions

  @Flag(help: "Print the curve as JSON.")
  var json = false

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if let dedupClusters { try DeduplicationOptions.check(clusters: dedupClusters) }
  }

  func run() throws {
    let folder = scratch ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    let place = "\(folder)/winnow-curve-\(ProcessInfo.processInfo.processIdentifier)"
    var words = ["--clusters", "1", "--seed", "\(seed)"]
    if skipInvalid { words.append("--skip-invalid") }
    if let threads = threads.threads { words += ["--threads", "\(threads)"] }
    if let dedupClusters { words += ["--dedup", "0.05", "--dedup-clusters", "\(dedupClusters)"] }
    let parameters = try BuildOptions.parse(words)
      .parameters(inputs: inputs, output: place, force: false)
    let reporter = progress.reporter()
    defer { reporter.abandon() }
    try failing {
      let curve = try duplicateCurve(parameters, observer: reporter.observer)
      reporter.finish()
      standardOutput(json ? String(decoding: try curve.json(), as: UTF8.self) : curve.text)
    }
  }
}
