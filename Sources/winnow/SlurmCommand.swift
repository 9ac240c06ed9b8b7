import ArgumentParser
import Build
import Tasks

struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm", abstract: "Write the scripts that run a build as Slurm jobs.",
    discussion: """
      Records the build beside the workspace and writes a folder of batch scripts, one per stage, \
      with a submit.sh that submits them in order. Nothing is submitted yet. The inputs, the \
      workspace and winnow itself must be on a file system that all nodes share. Prints the path \
      of submit.sh, so bash "$(winnow slurm ...)" writes and submits.
      """)

  @Argument(
    help: "Embeddings, as for winnow build.", completion: .file())
  var inputs: [String]

  @OptionGroup var build: BuildOptions

  @Option(name: .shortAndLong, help: "The workspace to create.", completion: .directory)
  var output: String

  @Flag(help: "Replace an existing workspace, but keep its committed plans.")
  var force = false

  @OptionGroup(title: "Job options") var jobs: SlurmJobOptions

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
  @Option(help: "The partition, or several separated by commas.")
  var partition: String

  @Option(
    help: ArgumentHelp(
      "Folder for the scripts; a folder written earlier by winnow slurm is replaced (default: "
        + "WORKSPACE.slurm).",
      valueName: "folder"),
    completion: .directory)
  var scripts: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum size of a job array; keep it below Slurm's MaxArraySize, by default 1001.",
      valueName: "count"))
  var array = 256

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum number of array elements that run at once (default: no limit).",
      valueName: "count"))
  var atOnce: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Time limit per job, HH:MM:SS or D-HH:MM:SS (default: the partition's).",
      valueName: "time"))
  var time: String?

  @Option(help: "The account to charge the jobs to.")
  var account: String?

  @Option(help: "Quality of service of the jobs.")
  var qos: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An extra sbatch option for all jobs, such as --sbatch --constraint=avx512; may be "
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
