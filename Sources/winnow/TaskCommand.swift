import ArgumentParser
import Build
import Foundations
import Tasks

struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task",
    abstract: "List or run the tasks of a build, for engines that use many machines.",
    subcommands: [TaskListCommand.self, TaskRunCommand.self])
}

struct TaskListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Record a build and print its tasks as JSON.",
    discussion: """
      With inputs and the flags of winnow build, records the build beside the workspace (in \
      .NAME.building), where every task finds what it needs to know. Without inputs, lists the \
      tasks of the build recorded there and how many are finished.

      Once the stages that a stage depends on are finished, its tasks can run in any order, on any \
      machine that sees the same files at the same paths.
      """)

  @Argument(help: "Embeddings, as for winnow build.", completion: .file())
  var inputs: [String] = []

  @OptionGroup var options: BuildOptions

  @Option(name: .shortAndLong, help: "The workspace to create.", completion: .directory)
  var output: String

  @Flag(help: "Replace an existing workspace, but keep its committed plans.")
  var force = false

  func validate() throws {
    if !inputs.isEmpty { try options.check() }
  }

  func run() throws {
    let list = try failing {
      if inputs.isEmpty {
        return try taskList(of: output, version: Winnow.version, ingest: programs())
      }
      return try recordBuild(
        options.parameters(inputs: inputs, output: output, force: force),
        observer: BuildObserver(message: { standardError($0) }))
    }
    standardOutput(String(decoding: try list.json(), as: UTF8.self))
  }
}

struct TaskRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run tasks of a recorded build; finished ones are skipped.",
    discussion: """
      The record contains everything that a task needs. A task can be killed at any moment, run \
      twice, or run by two processes at once.
      """)

  @Argument(help: "The stage, as named by winnow task list.")
  var stage: String

  @Argument(help: "Task numbers, from 0.")
  var tasks: [Int]

  @Option(name: .shortAndLong, help: "The workspace to create.", completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp(
      "Number of shares; task I then means I and every SHARES-th task after it.",
      valueName: "shares"))
  var of: Int?

  @Option(parsing: .unconditional, help: "Number of threads (default: as recorded).")
  var threads: Int?

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    guard !tasks.isEmpty else { throw ValidationError("expected a task number, found none") }
    if let of, of < 1 { throw ValidationError("--of: expected 1 or more, found \(of)") }
    for task in tasks {
      if task < 0 { throw ValidationError("expected a task number from 0 up, found \(task)") }
      if let of, task >= of {
        throw ValidationError("--of \(of): expected a share below \(of), found \(task)")
      }
    }
    try ThreadOptions.check(threads)
  }

  func run() throws {
    // Engines keep the output of a task, so one line is enough.
    let reporter = progress.reporter(elsewhere: .none)
    defer { reporter.abandon() }
    Interruption.endAtLast(after: 700) { "interrupted; the task can be run again" }
    defer { Interruption.endsByItself() }
    do {
      let outcome = try runTasks(
        TaskChoice(tasks, stride: of), of: stage, in: output, version: Winnow.version,
        ingest: programs(), threads: threads, observer: reporter.observer)
      reporter.finish()
      switch outcome {
      case .finished(0): standardError("\(stage): already done")
      case .finished(let count):
        standardError("\(stage): \(counted(count, "task")) done")
      case .workspaceFinished: standardError("\(output): the workspace is finished")
      }
    } catch .interrupted {
      throw Failure("interrupted; the task can be run again", status: 130)
    } catch {
      throw Failure(error)
    }
  }
}
