// `winnow task`: recording a build for others, listing its tasks, and doing some of them.

import Foundations
import Glibc
import Ingest
import Storage

/// Records a build, so that its tasks can be done by ``runTasks(_:of:in:version:ingest:threads:observer:)``,
/// by any number of processes.
///
/// Results of an earlier build of the same workspace stay where they can be used again.
///
/// - Throws: ``WinnowError`` as ``buildWorkspace(_:observer:)`` would before its first task, and
///   while tasks of it are under way.
public func recordBuild(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> TaskList {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(parameters.fromAnywhere)
  observer.message(plan.dataset.layout)
  try BuildMemory(plan).check()
  let folder = try StagedFolder(destination: plan.parameters.output, wait: .seconds(5))
  let inputs = try WatchedInputs(plan)
  let record = BuildRecord(plan, inputs)
  let build = try LocalBuild(
    plan, folder: folder.path, role: .recorder, inputs: inputs, observer: observer)
  let tasks = TaskBuild(build).survey()
  try dropStale(build, seen: Set(tasks.keys))
  try record.write(to: folder.path)
  return try TaskList(record, plan, build, found: tasks)
}

/// Removes stages that are of no use for this build and were not come to.
private func dropStale(_ build: LocalBuild, seen: Set<String>) throws(WinnowError) {
  let folder = build.staging.folder + "/" + stageFolder
  let names = try namesInFolder(folder)
  let rounds = names.filter { name in
    name == "start" || name.hasPrefix("round-") || name.hasPrefix("move-")
  }
  let all = build.keys.all + rounds.map { (name: $0, key: build.keys.train) }
  for (name, key) in all where !seen.contains(name) {
    let place = "\(build.staging.folder)/\(stageFolder)/\(name)"
    guard pathKind(place) == .folder else { continue }
    // How large parts are is not known before what they are cut from.
    if TaskShapes.sorting[name] == nil, StageKey.read(from: place) == key { continue }
    try build.stages.drop(name)
  }
}

/// The tasks of a build that was recorded, and how many are done.
///
/// - Parameters:
///   - workspace: what the build makes.
///   - version: the program's.
/// - Throws: ``WinnowError`` when none is recorded there, or by another version.
public func taskList(
  of workspace: String, version: String, ingest: IngestOptions
) throws(WinnowError) -> TaskList {
  let folder = StagedFolder.building(workspace)
  guard let record = try BuildRecord.read(folder, version: version) else {
    throw notRecorded(workspace)
  }
  let plan = try record.plan(ingest)
  let build = try LocalBuild(
    plan, folder: folder, role: .observer, inputs: record.watched(plan), observer: BuildObserver())
  let found =
    BuildRecord.readyFiles(in: folder) == nil
    ? TaskBuild(build).survey()
    : Dictionary(
      uniqueKeysWithValues: TaskShapes(plan).stages.filter { $0.name != TaskShapes.finish }.map {
        ($0.name, (tasks: $0.tasks, done: $0.tasks))
      })
  return try TaskList(record, plan, build, found: found)
}

private func notRecorded(_ workspace: String) -> WinnowError {
  .invalid(
    "\(workspace): expected a build that was recorded, found none"
      + (pathKind(workspace + "/workspace.json") == .file ? " (the workspace is finished)" : "")
      + "; record it with winnow task list INPUT... -o \(workspace)")
}

extension TaskBuild {
  /// What is known of the stages: tasks, and how many are done.
  func survey() -> [String: (tasks: Int, done: Int)] {
    for stage in Self.stages {
      // What is not finished ends the way to what comes after it.
      do throws(WinnowError) { try go(to: stage) } catch { continue }
    }
    return build.stages.shares
  }
}

/// What came of doing tasks.
public enum TaskOutcome: Sendable, Equatable {
  /// They are finished; so many of them by this call.
  case finished(Int)
  /// The workspace is there, and nothing was left to do.
  case workspaceFinished
}

/// Does some tasks of a stage; those that are finished are not done again.
///
/// - Parameters:
///   - workspace: what the build makes; ``recordBuild(_:observer:)`` has recorded it.
///   - version: the program's.
///   - threads: how many the tasks may use; nil for as many as the record says.
/// - Throws: ``WinnowError``: stages before are not finished, another version, inputs that are not
///   those of the record, and all that a build may throw.
public func runTasks(
  _ choice: TaskChoice, of stage: String, in workspace: String, version: String,
  ingest: IngestOptions, threads: Int?, observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> TaskOutcome {
  let place = absolutePath(workspace)
  let folder = StagedFolder.building(place)
  /// Whether the workspace is in its place, so that nothing is left to do; a build by one process that
  /// has begun since is none of ours.
  func isOver() -> Bool {
    !BuildRecord.exists(in: folder) && pathKind(place + "/workspace.json") == .file
      && (pathKind(folder + "/" + stageFolder) != .folder
        || pathKind(folder + "/workspace.json") == .file)
  }
  if isOver() { return .workspaceFinished }
  guard BuildRecord.exists(in: folder) else { throw notRecorded(workspace) }
  /// The build as it is recorded while a lock is held: nobody records another meanwhile.
  func read() throws(WinnowError) -> (BuildPlan, WatchedInputs)? {
    guard let record = try BuildRecord.read(folder, version: version) else { return nil }
    let plan = try record.plan(ingest)
    return (plan, record.watched(plan))
  }
  func open(
    _ plan: BuildPlan, _ inputs: WatchedInputs, _ choice: TaskChoice
  ) throws(WinnowError) -> LocalBuild {
    // Sizes of parts follow from the record's own threads.
    try LocalBuild(
      plan, folder: folder, role: .worker(stage: stage, choice: choice), inputs: inputs,
      observer: observer, threads: threads)
  }
  do throws(WinnowError) {
    if stage == TaskShapes.finish {
      _ = try choice.tasks(of: 1, stage)
      let staged = try StagedFolder(destination: place, wait: .seconds(600))
      guard let (plan, inputs) = try read() else { throw notRecorded(workspace) }
      try StagedFolder.checkDestination(place, force: plan.parameters.force)
      let files: [String]
      if let ready = BuildRecord.readyFiles(in: folder) {
        files = ready
      } else {
        let build = try open(plan, inputs, TaskChoice([0]))
        _ = try TaskBuild(build).finish()
        if observer.isCancelled() { throw .interrupted }
        files = Array(build.staging.files.keys)
        try BuildRecord.markReady(files, in: folder)
      }
      try staged.commit(files)
      return .finished(1)
    }
    let lock = try TaskLock.shared(folder, isCancelled: { observer.isCancelled() || isOver() })
    guard let (plan, inputs) = try read() else { throw notRecorded(workspace) }
    if BuildRecord.readyFiles(in: folder) != nil { return .finished(0) }
    let build = try open(plan, inputs, choice)
    do throws(WinnowError) {
      try TaskBuild(build).go(to: stage)
    } catch {
      if case .interrupted = error, let done = build.stages.reached { return .finished(done) }
      throw error
    }
    _ = consume lock
    throw .invalid(
      "stage \(stage): this build has none of that name; winnow task list -o WORKSPACE names them")
  } catch {
    // While another process puts the workspace in its place, the record goes with it.
    for _ in 0..<50 where !BuildRecord.exists(in: folder) && !isOver() { usleep(20_000) }
    if isOver() { return .workspaceFinished }
    // A signal to all of a job ends the programs that a task has started, too.
    if observer.isCancelled() { throw .interrupted }
    throw error
  }
}
