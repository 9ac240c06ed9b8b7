import Build
import ArgumentParser
import FoundationEssentials
import Foundations
import Ingest
import Tasks
import Workspace

/// `winnow task`.
struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task",
    abstract: "List the tasks of a build, or do some: for engines that run them on many machines.",
    subcommands: [TaskListCommand.self, TaskRunCommand.self])
}

/// `winnow task list`.
struct TaskListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Record a build and print its tasks as JSON.",
    discussion: """
      With inputs and the flags of winnow build, the build is recorded beside the workspace (in \
      .NAME.building), from where every task takes what it needs to know. Without inputs, the \
      tasks of the build that is recorded there are listed, with what is done by now.

      A stage's tasks can be done in any order, on any machine that sees the same files at the same \
      paths, when the stages that it comes after are finished.
      """)

  @Argument(help: "Files and folders of embeddings, as for winnow build.", completion: .file())
  var inputs: [String] = []

  @OptionGroup var options: BuildOptions

  @Option(name: .shortAndLong, help: "The workspace to make.", completion: .directory)
  var output: String

  @Flag(help: "Replace an existing workspace; its committed plans stay.")
  var force = false

  func validate() throws {
    if !inputs.isEmpty { try options.check() }
  }

  func run() throws {
    let list = try failing {
      if inputs.isEmpty {
        return try taskList(of: output, version: Winnow.version, ingest: workerIngest())
      }
      return try recordBuild(
        options.parameters(inputs: inputs, output: output, force: force),
        observer: BuildObserver(message: { standardError($0) }))
    }
    standardOutput(String(decoding: try list.json(), as: UTF8.self))
  }
}

/// `winnow task run`.
struct TaskRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Do tasks of a recorded build; what is finished is not done again.",
    discussion: """
      All that a task needs to know is in the record. It can be killed at any moment, done twice, or \
      by two processes at once.
      """)

  @Argument(help: "The stage, as winnow task list names it.")
  var stage: String

  @Argument(help: "Numbers of its tasks, from 0.")
  var tasks: [Int]

  @Option(name: .shortAndLong, help: "The workspace to make.", completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp(
      "With each number also every SHARES-th after it: share I of so many.", valueName: "shares"))
  var of: Int?

  @Option(parsing: .unconditional, help: "Threads to use; as many as the record says by default.")
  var threads: Int?

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard !tasks.isEmpty else { throw ValidationError("expected the number of a task, found none") }
    if let of, of < 1 { throw ValidationError("--of: expected 1 or more, found \(of)") }
    for task in tasks {
      if task < 0 { throw ValidationError("expected a task from 0 on, found \(task)") }
      if let of, task >= of {
        throw ValidationError("--of \(of): expected a share below \(of), found \(task)")
      }
    }
    try checkThreads(threads)
  }

  func run() throws {
    // Engines keep what a task says: a line for people is enough.
    let reporter = progress.reporter(elsewhere: .none)
    let observer = BuildObserver(
      progress: { reporter.report($0) }, message: { reporter.message($0) },
      isCancelled: { Interruption.isAsked })
    Interruption.endAtLast(after: 700) { "interrupted; the task can be done again" }
    defer { Interruption.endsByItself() }
    do {
      let outcome = try runTasks(
        TaskChoice(tasks, stride: of), of: stage, in: output, version: Winnow.version,
        ingest: workerIngest(), threads: threads, observer: observer)
      reporter.finish()
      switch outcome {
      case .finished(0): standardError("\(stage): was done before")
      case .finished(let count):
        standardError("\(stage): \(count) task\(count == 1 ? "" : "s") done")
      case .workspaceFinished: standardError("\(output): the workspace is finished")
      }
    } catch .interrupted {
      reporter.abandon()
      throw Failure("interrupted; the task can be done again", status: 130)
    } catch {
      reporter.abandon()
      throw Failure(error)
    }
  }
}

/// Where a process that does tasks finds programs.
private func workerIngest() -> IngestOptions {
  IngestOptions(environment: ProcessInfo.processInfo.environment)
}
