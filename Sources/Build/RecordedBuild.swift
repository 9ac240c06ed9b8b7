// `winnow task`: recording a build for others, listing its tasks, and doing some of them.

import Foundations
import Glibc
import Ingest
import Storage
import Tasks

extension StageName {
  /// The task that puts the workspace in its place.
  package static let finish = StageName("finish")
}

/// Records a build, so that its tasks can be done by ``runTasks(_:of:in:version:ingest:threads:observer:)``,
/// by any number of processes.
///
/// Results of an earlier build of the same workspace stay where they can be used again.
///
/// - Throws: ``WinnowError`` as ``buildWorkspace(_:on:observer:)`` would before its first task, and
///   while tasks of it are under way.
public func recordBuild(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> TaskList {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(parameters.fromAnywhere)
  observer.message(plan.dataset.layout)
  try plan.checkMemory()
  let folder = try StagedFolder(
    destination: plan.parameters.output, wait: .seconds(5))
  let inputs = try WatchedInputs(plan)
  let record = BuildRecord(plan, inputs)
  let job = try BuildJob(
    plan, folder: folder.path, role: .recorder, inputs: inputs,
    observer: BuildObserver(message: observer.message))
  let stages = job.graph.survey(job)
  try job.graph.dropStale(job)
  try record.write(to: folder.path)
  return try job.taskList(stages, record)
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
  let job = try BuildJob(
    plan, folder: folder, role: .observer, inputs: record.watched(plan), observer: BuildObserver())
  var stages = job.graph.survey(job)
  if BuildRecord.readyFiles(in: folder) != nil {
    // The workspace is whole, and results may be gone.
    for number in stages.indices {
      (stages[number].isExact, stages[number].done) = (true, stages[number].tasks)
    }
  }
  return try job.taskList(stages, record)
}

extension BuildJob {
  /// The list of all tasks, the one that puts the workspace in its place last.
  fileprivate func taskList(
    _ stages: [TaskList.Stage], _ record: BuildRecord
  ) throws(WinnowError) -> TaskList {
    let finish = TaskList.Stage(
      name: StageName.finish.rawValue, tasks: 1, isExact: true, done: 0,
      after: stages.map(\.name), threads: shape.threads,
      memory: shape.base + shape.single.candidateBytes, bytes: metadataFiles.bytes)
    return TaskList(
      workspace: record.parameters.output, program: record.program, build: try record.digest(),
      stages: stages + [finish])
  }
}

private func notRecorded(_ workspace: String) -> WinnowError {
  .invalid(
    "\(workspace): expected a recorded build, found none"
      + (pathKind(workspace + "/workspace.json") == .file ? " (the workspace is finished)" : "")
      + "; record it with winnow task list INPUT... -o \(workspace)")
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
  let worker = Worker(
    workspace: workspace, place: absolutePath(workspace), version: version, ingest: ingest,
    threads: threads, observer: observer)
  if worker.isOver { return .workspaceFinished }
  guard BuildRecord.exists(in: worker.folder) else { throw notRecorded(workspace) }
  do throws(WinnowError) {
    let name = StageName(stage)
    return .finished(
      name == .finish ? try worker.finish(choice) : try worker.run(choice, of: name))
  } catch {
    // While another process puts the workspace in its place, the record goes with it.
    for _ in 0..<50 where !BuildRecord.exists(in: worker.folder) && !worker.isOver {
      usleep(20_000)
    }
    if worker.isOver { return .workspaceFinished }
    // A signal to all of a job ends the programs that a task has started, too.
    if observer.isCancelled() { throw .interrupted }
    throw error
  }
}

private struct Worker: Sendable {
  /// The workspace as the user wrote it, and where it is.
  let workspace: String
  let place: String
  let version: String
  let ingest: IngestOptions
  let threads: Int?
  let observer: BuildObserver

  var folder: String { StagedFolder.building(place) }

  /// Whether the workspace is in its place, so that nothing is left to do; a build by one process that
  /// has begun since is none of ours.
  var isOver: Bool {
    !BuildRecord.exists(in: folder) && pathKind(place + "/workspace.json") == .file
      && (pathKind(folder + "/" + stageFolder) != .folder
        || pathKind(folder + "/workspace.json") == .file)
  }

  /// The build as it is recorded while a lock is held: nobody records another meanwhile.
  private func open(
    _ stage: StageName, _ choice: TaskChoice
  ) throws(WinnowError) -> BuildJob {
    guard let record = try BuildRecord.read(folder, version: version) else {
      throw notRecorded(workspace)
    }
    let plan = try record.plan(ingest)
    // Sizes of parts follow from the record's own threads.
    return try BuildJob(
      plan, folder: folder, role: .worker(stage: stage, choice: choice),
      inputs: record.watched(plan), observer: observer, threads: threads)
  }

  /// - Returns: how many tasks it did.
  func run(_ choice: TaskChoice, of stage: StageName) throws(WinnowError) -> Int {
    let lock = try TaskLock.shared(folder, isCancelled: { observer.isCancelled() || isOver })
    let job = try open(stage, choice)
    let isReady = BuildRecord.readyFiles(in: folder) != nil
    let done = isReady ? 0 : try job.graph.run(choice, of: stage, job)
    _ = consume lock
    return done
  }

  /// Puts the workspace in its place.
  func finish(_ choice: TaskChoice) throws(WinnowError) -> Int {
    _ = try choice.tasks(of: 1, StageName.finish.rawValue)
    let staged = try StagedFolder(destination: place, wait: .seconds(600))
    let job = try open(.finish, TaskChoice([0]))
    try StagedFolder.checkDestination(place, force: job.parameters.force)
    let files: [String]
    if let ready = BuildRecord.readyFiles(in: folder) {
      files = ready
    } else {
      try job.graph.requireAll(job)
      files = try job.finish().files
      if observer.isCancelled() { throw .interrupted }
      try BuildRecord.markReady(files, in: folder)
    }
    try staged.commit(files)
    return 1
  }
}
