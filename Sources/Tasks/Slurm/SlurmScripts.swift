// The tasks of a build as batch scripts for Slurm: a job a stage, a job array where the stage has
// several tasks, and one script that submits them all, each after those that it needs.
//
// The scripts are for people to read, so all that can be decided is decided here, and what is left in
// them are a few lines of bash.  No path stands in a #SBATCH line, where other rules of quoting hold
// than in bash: logs have a name relative to the folder that submit.sh changes to.

import Foundations
import Storage

/// The files that submit a build to Slurm; pure.
public struct SlurmScripts: Sendable, Equatable {
  /// One file to write.
  public struct File: Sendable, Equatable {
    public var name: String
    public var text: String
  }

  /// A script a stage in the order of the list, `01-metadata.sh` and so on, then `submit.sh`.
  public let files: [File]

  /// The beginning of every file's second line.
  package static let mark = "# Written by winnow slurm"
  package static let submitName = "submit.sh"

  /// - Parameters:
  ///   - list: the tasks; the stages that a stage comes after stand before it.
  ///   - program: the absolute path of `winnow` on every node.
  ///     It and the workspace's path are without control characters.
  /// - Precondition: `options.fault` is nil.
  public init(_ list: TaskList, options: SlurmOptions, program: String) {
    precondition(options.fault == nil, "options of Slurm were not checked")
    precondition(
      ![list.workspace, program].contains(where: hasControlCharacter), "paths were not checked")
    var files: [File] = []
    var known: Set<String> = []
    for (number, stage) in list.stages.enumerated() {
      precondition(known.isSuperset(of: stage.after), "\(stage.name) stands before what it needs")
      known.insert(stage.name)
      files.append(
        File(
          name: Self.name(number, stage.name),
          text: Self.script(number, of: list, options: options, program: program)))
    }
    files.append(File(name: Self.submitName, text: Self.submission(of: list)))
    self.files = files
  }

  private static func name(_ number: Int, _ stage: String) -> String {
    "\(number < 9 ? "0" : "")\(number + 1)-\(stage).sh"
  }

  // MARK: A stage

  private static func script(
    _ number: Int, of list: TaskList, options: SlurmOptions, program: String
  ) -> String {
    let stage = list.stages[number]
    let elements = max(1, min(stage.tasks, options.arrayLimit))
    let log = "log/\(name(number, stage.name).dropLast(3))-\(elements > 1 ? "%A_%a" : "%j").out"
    let head = [
      "#!/usr/bin/env bash",
      "\(mark) (\(list.program)): stage \(number + 1) of \(list.stages.count), \(stage.name), of",
      "#   \(list.workspace)",
      "# " + share(of: stage, elements: elements),
      "# " + after(stage, number: number)
        + "  Finished tasks are skipped, so it may run again at any time.",
    ]
    let asked = requests(of: stage, elements: elements, options: options, log: log)
    let body = """
      set -euo pipefail

      winnow=\(shellQuoted(program))
      workspace=\(shellQuoted(list.workspace))
      if [ ! -x "$winnow" ]; then
        echo "$(uname -n): expected the program $winnow, found no executable; put it where" \\
          'all nodes see it, and write the scripts again with it' >&2
        exit 1
      fi
      # exec: winnow itself receives Slurm's signals, and stops cleanly.
      exec "$winnow" task run \(stage.name) \(tasks(of: stage, elements: elements)) \\
        -o "$workspace" --threads "$SLURM_CPUS_PER_TASK"

      """
    return (head + asked.map { "#SBATCH \($0)" } + [body]).joined(separator: "\n")
  }

  /// What Slurm is asked for, a `#SBATCH` line each.
  private static func requests(
    of stage: TaskList.Stage, elements: Int, options: SlurmOptions, log: String
  ) -> [String] {
    var lines = ["--job-name=winnow-\(stage.name)", "--partition=\(options.partition)"]
    func add(_ option: String, _ value: String?) {
      if let value { lines.append("\(option)=\(value)") }
    }
    add("--account", options.account)
    add("--qos", options.qos)
    add("--time", options.time)
    if elements > 1 {
      add("--array", "0-\(elements - 1)" + (options.atOnce.map { "%\($0)" } ?? ""))
    }
    add("--ntasks", "1")
    add("--cpus-per-task", "\(max(1, stage.threads))")
    add("--mem", "\(mebibytes(for: stage.memory))M")
    // A job whose node fails, or that makes room for others, comes back, and its log goes on.
    lines.append("--requeue")
    add("--open-mode", "append")
    // When a stage fails for good, those after it leave the queue.
    add("--kill-on-invalid-dep", "yes")
    add("--output", log)
    return lines + options.more
  }

  /// The words of `winnow task run` that say which tasks.
  private static func tasks(of stage: TaskList.Stage, elements: Int) -> String {
    if elements > 1 { return "\"$SLURM_ARRAY_TASK_ID\" --of \(elements)" }
    return stage.isExact && stage.tasks == 1 ? "0" : "0 --of 1"
  }

  /// The same for people.
  private static func share(of stage: TaskList.Stage, elements: Int) -> String {
    let about = stage.isExact ? "" : "About "
    let tasks = about + counted(stage.tasks, "task")
    if elements == 1 { return "\(tasks), run by this job." }
    if stage.isExact && elements == stage.tasks { return "\(tasks), element I runs task I." }
    return "\(tasks), element I runs tasks I, I + \(elements), I + \(2 * elements) and so on."
  }

  private static func after(_ stage: TaskList.Stage, number: Int) -> String {
    if stage.after.isEmpty { return "Needs no other stage." }
    let isAll = number > 1 && stage.after.count == number
    return "After: \(isAll ? "all earlier stages" : stage.after.joined(separator: ", "))."
  }

  /// Memory to ask for: what the list has, a quarter more, and the program itself.
  private static func mebibytes(for bytes: Int) -> Int {
    let unit = 1 << 20
    return (bytes + bytes / 4 + unit - 1) / unit + 256
  }

  // MARK: All stages

  private static func submission(of list: TaskList) -> String {
    let submissions = list.stages.enumerated().map { number, stage in
      (["submit", stage.name, name(number, stage.name)] + stage.after).joined(separator: " ")
    }
    let head = """
      #!/usr/bin/env bash
      \(mark) (\(list.program)): submits the build of
      #   \(list.workspace)
      # one job per stage, each after the ones that it needs.  After a failure, submit it again:
      # finished tasks are skipped.
      #   bash submit.sh              submits, and writes the job numbers to the file jobs
      #   bash submit.sh --test-only  asks Slurm whether it would accept them, and submits nothing

      """
    return head + submissionStart + submissions.joined(separator: "\n") + submissionEnd
  }

  private static let submissionStart = #"""
    set -euo pipefail
    cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

    fail() {
      echo "submit.sh: $*" >&2
      exit 1
    }

    command -v sbatch >/dev/null ||
      fail "no sbatch on $(uname -n): run this where Slurm jobs can be submitted"
    case "$#${1-}" in
    0) ;;
    1--test-only)
      for script in [0-9]*-*.sh; do
        sbatch --test-only "$script" || fail "Slurm would not accept $script"
      done
      exit
      ;;
    *)
      echo 'usage: bash submit.sh [--test-only]' >&2
      exit 2
      ;;
    esac

    # Running tasks twice does no harm, but wastes time.
    if [ -s jobs ]; then
      before=$(cut -d ' ' -f 1 jobs | paste -s -d ,)
      left=$(squeue --noheader --format=%F --jobs="$before" 2>/dev/null |
        sort -nu | paste -s -d ' ' || true)
      [ -z "$left" ] || fail "earlier jobs still exist; wait for them, or run: scancel $left"
    fi
    mkdir -p log
    : >./jobs

    # If a job cannot be submitted, those submitted so far are cancelled.
    ids=()
    give_up() {
      if [ "${#ids[@]}" -eq 0 ]; then
        return
      elif scancel "${ids[@]}"; then
        : >./jobs
        echo 'submit.sh: the jobs submitted so far are cancelled' >&2
      else
        echo "submit.sh: cancel the jobs submitted so far: scancel ${ids[*]}" >&2
      fi
    }
    trap give_up EXIT

    # submit STAGE SCRIPT [EARLIER STAGE]...
    declare -A id
    submit() {
      local stage=$1 script=$2 after='' answer before
      shift 2
      for before in "$@"; do after+=:${id[$before]}; done
      answer=$(sbatch --parsable ${after:+"--dependency=afterok$after"} "$script") ||
        fail "Slurm did not accept $script"
      # The job number, on some clusters followed by ;NAME of the cluster.
      answer=${answer%%;*}
      [[ $answer =~ ^[0-9]+$ ]] || fail "$script: expected a job number, found '$answer'"
      id[$stage]=$answer
      ids+=("$answer")
      echo "$answer $stage" | tee -a jobs
    }


    """#

  private static let submissionEnd = #"""

    trap - EXIT

    joined=$(IFS=,; echo "${ids[*]}")
    printf '\n%s\n' "${#ids[@]} jobs submitted; their logs will be in $PWD/log" \
      "show them:       squeue --jobs=$joined" \
      "cancel them all: scancel ${ids[*]}"

    """#
}
