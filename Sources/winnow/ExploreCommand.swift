import ArgumentParser
import Explorer
import FoundationEssentials
import Glibc
import Storage
import Terminal
import Workspace

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Explore and adjust what is pruned, then commit it.",
    discussion: "Needs a terminal, except with --script, which reads keys from a file.")

  @Argument(help: "The workspace.", completion: .directory)
  var workspace: String

  @OptionGroup var plan: PlanOptions

  @OptionGroup var list: ListOptions

  @Option(
    name: .shortAndLong, help: "The file that a commit writes (default: keep.txt).",
    completion: .file())
  var output: String?

  @Option(
    help: "The folder for committed plans and drafts (default: plans/ in the workspace).",
    completion: .directory)
  var plans: String?

  @Option(
    help: "Press the keys in this file, without a terminal (see docs/keys.md).",
    completion: .file())
  var script: String?

  @Option(help: "Screen size for --script, columns x rows.")
  var size = "120x36"

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  func validate() throws {
    if output == "-" || output == "" {
      throw ValidationError(
        "--output: expected a file name, found '\(output ?? "")'; the explorer draws on standard "
          + "output: to write a list there, use winnow export")
    }
    if plans == "" {
      throw ValidationError("--plans: expected a folder, found ''")
    }
    if ScreenSize(parsing: size) == nil {
      throw ValidationError("--size: expected columns x rows such as 120x36, found '\(size)'")
    }
  }

  func run() throws {
    keepFreedMemory()
    let signal: Int32? = try failing {
      let open = try OpenWorkspace(path: workspace)
      let store = PlanStore(open, folder: plans)
      var state = try State(
        open, plan: isPlanGiven ? try plan.resolve(open) : nil,
        format: list.wantedFormat, output: output, plans: store)
      // Do not offer the draft if a plan or a script was given.
      if script == nil, !isPlanGiven { state.offerDraft() }
      let performer = WorkspaceWork(
        workspace: open, plans: store, threads: list.threads.count,
        time: { Date().formatted(.iso8601) })
      if let script {
        try replay(script, state, performer)
        return nil
      }
      return try show(state, performer)
    }
    if let signal { throw ExitCode(128 + signal) }
  }

  /// Whether any flag sets the plan; otherwise the last committed plan opens.
  private var isPlanGiven: Bool { plan.decidesTarget || plan.changesPlan }

  private func replay(_ path: String, _ state: State, _ performer: WorkspaceWork) throws {
    let text = String(decoding: try InputFile.contents(of: path), as: UTF8.self)
    do throws(ScriptError) {
      _ = try ScriptRunner(performer: performer).run(
        try Script(parsing: text), from: state, size: ScreenSize(parsing: size)!
      ) { path, text in _ = try AtomicFile.write(Array(text.utf8), to: path) }
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  private func show(_ state: State, _ performer: WorkspaceWork) throws -> Int32? {
    let environment = ProcessInfo.processInfo.environment
    let options = TerminalOptions(
      term: environment["TERM"], withoutColours: environment["NO_COLOR"]?.isEmpty == false,
      wantsMouse: !noMouse)
    return try MainActor.assumeIsolated {
      try runExplorer(state: state, performer: performer, options: options)
    }
  }

  /// Keeps up to 48 MiB of freed memory for the next key press.
  ///
  /// Every key press solves a plan, in arrays of k numbers that live until the next one. When such
  /// blocks end up at the end of the heap, glibc returns them to the system, and gets them back
  /// page by page: at k = 50,000, that is a third of the time.
  ///
  /// Swift cannot call `mallopt`, but the thresholds that it would set follow the largest mapped
  /// block freed so far (mallopt(3), M_MMAP_THRESHOLD): blocks up to that size come from the heap,
  /// which keeps twice that size.  The block is never touched, so it costs no memory.
  private func keepFreedMemory() {
    var block: UnsafeMutableRawPointer?
    if posix_memalign(&block, 64, 24 << 20) == 0 { free(block) }
  }
}
