// `winnow task`: recording a build for others, listing its tasks, and doing some of them.

import Ingest
import Storage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Records a build, so that its tasks can be done by ``runTasks(_:of:in:version:ingest:threads:observer:)``,
/// by any number of processes.
///
/// Results of an earlier build of the same workspace stay where they can be used again.
///
/// - Throws: ``WorkspaceError`` as ``buildWorkspace(_:observer:)`` would before its first task, and
///   while tasks of it are under way.
public func recordBuild(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WorkspaceError) -> TaskList {
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
private func dropStale(_ build: LocalBuild, seen: Set<String>) throws(WorkspaceError) {
  for (name, key) in build.keys.all where !seen.contains(name) {
    let place = "\(build.staging.folder)/\(stageFolder)/\(name)"
    guard pathKind(place) == .folder else { continue }
    // How large parts are is not known before what they are cut from.
    if !TaskShapes.cutStages.contains(name), StageKey.read(from: place) == key { continue }
    try build.stages.drop(name)
  }
}

/// The tasks of a build that was recorded, and how many are done.
///
/// - Parameters:
///   - workspace: what the build makes.
///   - version: the program's.
/// - Throws: ``WorkspaceError`` when none is recorded there, or by another version.
public func taskList(
  of workspace: String, version: String, ingest: IngestOptions
) throws(WorkspaceError) -> TaskList {
  let folder = StagedFolder.building(workspace)
  guard let record = try BuildRecord.read(folder, version: version) else {
    throw notRecorded(workspace)
  }
  let plan = try record.plan(ingest)
  let build = try LocalBuild(
    plan, folder: folder, role: .observer, inputs: record.watched(plan), observer: BuildObserver())
  return try TaskList(record, plan, build, found: TaskBuild(build).survey())
}

private func notRecorded(_ workspace: String) -> WorkspaceError {
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
      do throws(WorkspaceError) { try go(to: stage) } catch { continue }
    }
    return build.stages.tasks.mapValues { (tasks: $0.done + $0.before, done: $0.before) }
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
/// - Throws: ``WorkspaceError``: stages before are not finished, another version, inputs that are not
///   those of the record, and all that a build may throw.
public func runTasks(
  _ choice: TaskChoice, of stage: String, in workspace: String, version: String,
  ingest: IngestOptions, threads: Int?, observer: BuildObserver = BuildObserver()
) throws(WorkspaceError) -> TaskOutcome {
  let place = absolutePath(workspace)
  let folder = StagedFolder.building(place)
  func isOver() -> Bool {
    pathKind(folder + "/" + stageFolder) != .folder && pathKind(place + "/workspace.json") == .file
  }
  if isOver() { return .workspaceFinished }
  guard let record = try BuildRecord.read(folder, version: version) else {
    throw isOver() ? .interrupted : notRecorded(workspace)
  }
  do throws(WorkspaceError) {
    let plan = try record.plan(ingest)
    // Sizes of parts follow from the record's own threads.
    let build = { (role: BuildStages.Role) throws(WorkspaceError) -> LocalBuild in
      try LocalBuild(
        plan, folder: folder, role: role, inputs: record.watched(plan), observer: observer,
        threads: threads)
    }
    if stage == TaskShapes.finish {
      _ = try choice.tasks(of: 1, stage)
      return try finishTasks(plan, observer, build)
    }
    return try doTasks(choice, stage, folder, observer, build)
  } catch {
    // Somebody else was faster.
    if isOver() { return .workspaceFinished }
    throw error
  }
}

private func doTasks(
  _ choice: TaskChoice, _ stage: String, _ folder: String, _ observer: BuildObserver,
  _ open: (BuildStages.Role) throws(WorkspaceError) -> LocalBuild
) throws(WorkspaceError) -> TaskOutcome {
  var lock = try TaskLock.shared(folder)
  while lock == nil {
    if observer.isCancelled() { throw .interrupted }
    usleep(20_000)
    lock = try TaskLock.shared(folder)
  }
  let build = try open(.worker(stage: stage, choice: choice))
  do throws(WorkspaceError) {
    try TaskBuild(build).go(to: stage)
  } catch {
    if case .interrupted = error, let done = build.stages.reached { return .finished(done) }
    throw error
  }
  _ = consume lock
  throw .invalid(
    "stage \(stage): this build has none of that name; winnow task list -o WORKSPACE names them")
}

/// Puts the workspace in its place.
private func finishTasks(
  _ plan: BuildPlan, _ observer: BuildObserver,
  _ open: (BuildStages.Role) throws(WorkspaceError) -> LocalBuild
) throws(WorkspaceError) -> TaskOutcome {
  let parameters = plan.parameters
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let folder = try StagedFolder(destination: parameters.output, wait: .seconds(600))
  let build = try open(.worker(stage: TaskShapes.finish, choice: TaskChoice([0])))
  _ = try TaskBuild(build).finish()
  if observer.isCancelled() { throw .interrupted }
  try folder.commit(build.staging.files.keys)
  return .finished(1)
}
