// `winnow build`: every stage in its order.  Everything is written below a staging folder that takes
// its place in one step when all of it is there; until then what is finished stays, so that the same
// command continues.

import Foundations
import Tasks
import Workspace

/// What a build came to.
public struct BuildSummary: Sendable {
  public let path: String
  public let description: WorkspaceDescription
  public let log: BuildLog
}

/// Builds a workspace: whole, or not at all.
///
/// The same inputs, parameters and seed give the same bytes for any number of threads and any
/// instruction set, and for any number of builds that were killed on the way.
///
/// - Parameter engine: does the tasks; nil: the threads of this process.
/// - Throws: ``WinnowError``; then the output is as it was before, and what was finished waits
///   beside it.
/// - Complexity: O(rows * k * dimensions) time; 8 to 24 bytes of memory per row beside the training
///   rows, the centroids and a few blocks per thread.
public func buildWorkspace(
  _ parameters: BuildParameters, on engine: (any TaskEngine)? = nil,
  observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> BuildSummary {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(engine == nil ? parameters : parameters.fromAnywhere)
  observer.message(plan.dataset.layout)
  try plan.checkMemory()
  do throws(WinnowError) {
    guard let engine else { return try build(plan, observer) }
    return try build(plan, on: engine, observer)
  } catch {
    throw resumable(error, plan.parameters.output)
  }
}

private func build(
  _ plan: BuildPlan, _ observer: BuildObserver
) throws(WinnowError) -> BuildSummary {
  let folder = try StagedFolder(destination: plan.parameters.output)
  // Tasks of a build that was recorded for others would be those of another one.
  try BuildRecord.remove(from: folder.path)
  let job = try BuildJob(plan, folder: folder.path, observer: observer)
  try job.graph.run(job)
  let (finished, files) = try job.finish()
  if observer.isCancelled() { throw .interrupted }
  try folder.commit(files)
  return finished
}

private func build(
  _ plan: BuildPlan, on engine: any TaskEngine, _ observer: BuildObserver
) throws(WinnowError) -> BuildSummary {
  // Tasks of a driver that was killed may take a moment to end.
  var folder = try StagedFolder(
    destination: plan.parameters.output, wait: .seconds(30))
  let inputs = try WatchedInputs(plan)
  try BuildRecord(plan, inputs).write(to: folder.path)
  if let files = BuildRecord.readyFiles(in: folder.path),
    let log = BuildLog.read(folder.path + "/build-log.json")
  {
    // It was ended while it put the workspace in its place.
    let description = try WorkspaceDescription.read(folder.path + "/workspace.json")
    try folder.commit(files)
    return BuildSummary(path: plan.parameters.output, description: description, log: log)
  }
  folder.admitTasks()
  let job = try BuildJob(
    plan, folder: folder.path, role: .driver(engine), inputs: inputs, observer: observer)
  do throws(WinnowError) { try job.graph.run(job) } catch {
    // What a task says that was stopped is no news.
    throw observer.isCancelled() ? .interrupted : error
  }
  let (finished, files) = try job.finish()
  if observer.isCancelled() { throw .interrupted }
  try folder.excludeTasks(wait: .seconds(30))
  try BuildRecord.markReady(files, in: folder.path)
  try folder.commit(files)
  return finished
}

/// An error of a build of `output`, which says where finished work waits, if some does.
private func resumable(_ error: WinnowError, _ output: String) -> WinnowError {
  let building = StagedFolder.building(output)
  return StagedFolder.hasFinishedWork(building) ? .unfinished(error, folder: building) : error
}

/// The error of a build of `output` that is ended from outside at this moment.
public func interruptedBuild(_ output: String) -> WinnowError { resumable(.interrupted, output) }
