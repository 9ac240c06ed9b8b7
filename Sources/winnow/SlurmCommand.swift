import Build
import ArgumentParser
import Tasks
import Workspace

/// `winnow slurm`.
struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm", abstract: "Write the scripts that do a build as jobs of Slurm.",
    discussion: """
      The build is recorded beside the workspace, and a folder of batch scripts is written, one a \
      stage, with submit.sh, which submits them all in order; nothing is submitted yet. Inputs, \
      workspace and winnow itself lie on a file system that all nodes share. The path of submit.sh is \
      printed: bash "$(winnow slurm ...)" writes and submits.
      """)

  @Argument(
    help: "Files and folders of embeddings, as for winnow build.", completion: .file())
  var inputs: [String]

  @OptionGroup var build: BuildOptions

  @Option(name: .shortAndLong, help: "The workspace to make.", completion: .directory)
  var output: String

  @Flag(help: "Replace an existing workspace; its committed plans stay.")
  var force = false

  @OptionGroup(title: "Options about the jobs") var jobs: SlurmJobOptions

  func validate() throws { try build.check() }

  func run() throws {
    let path = try failing {
      try writeSlurmScripts(
        build.parameters(inputs: inputs, output: output, force: force), options: jobs.options,
        folder: jobs.scripts, program: programPath(),
        observer: BuildObserver(message: { standardError($0) }))
    }
    standardOutput(path + "\n")
  }
}

/// The flags of `winnow slurm` that `winnow build` does not have.
struct SlurmJobOptions: ParsableArguments {
  @Option(help: "The partition, or several with commas between.")
  var partition: String

  @Option(
    help: ArgumentHelp(
      "The folder for the scripts; one that winnow slurm wrote is replaced (default: "
        + "WORKSPACE.slurm).",
      valueName: "folder"),
    completion: .directory)
  var scripts: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Elements of a job array at most; Slurm's own limit (MaxArraySize) is 1001 by default.",
      valueName: "count"))
  var array = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Elements of a job array that run at once at most (default: all that find room).",
      valueName: "count"))
  var atOnce: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A job's time limit, HH:MM:SS or D-HH:MM:SS (default: the partition's).",
      valueName: "time"))
  var time: String?

  @Option(help: "The account that the jobs are charged to.")
  var account: String?

  @Option(help: "The jobs' quality of service.")
  var qos: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "One more option of sbatch for all jobs, such as --sbatch --constraint=avx512; may be "
        + "repeated.",
      valueName: "option"))
  var sbatch: [String] = []

  var options: SlurmOptions {
    var options = SlurmOptions(partition: partition)
    options.arrayLimit = array
    options.atOnce = atOnce
    options.time = time
    options.account = account
    options.qos = qos
    options.more = sbatch
    return options
  }

  func validate() throws {
    if let fault = options.fault { throw ValidationError(fault) }
  }
}
