// `winnow build`: every stage in its order.  Everything is written below a staging folder that takes
// its place in one step when all of it is there; until then what is finished stays, so that the same
// command continues.

import Foundations
import Ingest
import Storage
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

// The last files of a workspace: workspace.json, which says what is in it and why, and build-log.json,
// which says how it came to be on this machine.

extension BuildJob {
  /// Writes workspace.json and build-log.json, when all stages are finished.
  ///
  /// - Returns: what was built, and the files of the workspace.
  func finish() throws(WinnowError) -> (BuildSummary, files: [String]) {
    let description = try describe()
    let staging = StagingFiles(folder: folder)
    try staging.write("workspace.json", try description.json())
    let files = try graph.files(self).merging(staging.all) { $1 }
    let log = try log(files)
    _ = try AtomicFile.write(try encodeJSON(log), to: path("build-log.json"))
    return (
      BuildSummary(path: parameters.output, description: description, log: log),
      Array(files.keys)
    )
  }

  private func describe() throws(WinnowError) -> WorkspaceDescription {
    let (scanned, candidates) = (try scanned(), try candidates())
    var columns = try metadata().columns
    if columns.keyKind != nil {
      let repeated = try graph.value(of: KeysStage()).count
      columns.duplicateKeys = repeated > 0 ? repeated : nil
    }
    return WorkspaceDescription(
      rows: dataset.rows, dimensions: dataset.dimensions, candidates: candidates.count,
      clusters: parameters.clusters,
      inputs: zip(dataset.shards, scanned.digests).map {
        .init(
          rows: $0.rows, dimensions: $0.dimensions, element: $0.element.rawValue, digest: $1,
          embedding: $0.embeddingName)
      },
      parameters: try describeParameters(), training: try graph.value(of: TrainStage()),
      columns: columns, objective: try totals().objective,
      filters: FateCounts(dropped: candidates.dropped).byName)
  }

  private func describeParameters() throws(WinnowError) -> WorkspaceDescription.Parameters {
    var described = WorkspaceDescription.Parameters(
      clusters: parameters.clusters, neighbours: parameters.neighbours,
      skipInvalid: parameters.skipInvalid)
    if let criterion = parameters.deduplication?.criterion {
      described.dedup = .init(
        epsilon: criterion.epsilon, rule: criterion.rule.rawValue, clusters: try fineClusters())
      described.seed = parameters.seed
    }
    if plan.given == nil {
      described.iterations = parameters.iterations
      described.trainingRows = parameters.trainingLimit
      described.seed = parameters.seed
    }
    described.centroids = plan.given?.digest
    described.assignments = plan.assignments?.digest
    let filters = parameters.filters
    let lists = filters.hasLists ? try graph.value(of: ListsStage()) : [:]
    func list(_ flag: String) -> WorkspaceDescription.KeyList? {
      lists[flag].map { .init(digest: plan.lists[flag]!, keys: $0.keys) }
    }
    described.condition = filters.condition
    described.allow = list("--allow")
    described.deny = list("--deny")
    described.similarityMin = filters.similarityMinimum?.description
    described.similarityTop = filters.similarityTop?.description
    return described
  }

  private func log(_ files: [String: FileSeal]) throws(WinnowError) -> BuildLog {
    var others = Array(zip(metadataFiles.paths, try metadataFiles.digests(threads: threads)))
    if let given = plan.given { others.append((given.path, given.digest)) }
    others += parameters.filters.lists.map { ($0.path, plan.lists[$0.flag]!) }
    if let given = plan.assignments { others.append((given.path, given.digest)) }
    return BuildLog(
      version: parameters.version, started: started, seconds: graph.seconds,
      tasks: Dictionary(
        uniqueKeysWithValues: graph.counts.map {
          ($0.rawValue, BuildLog.Tasks(done: $1.done, before: $1.before))
        }),
      threads: threads, instructions: instructions.rawValue, peakMemory: peakMemory(),
      engine: graph.role.engine, inputs: parameters.inputs,
      shards: shards.paths.map(absolutePath),
      inputFiles: others.map { path, digest in
        .init(path: absolutePath(path), size: fileSize(path) ?? 0, digest: digest)
      }, files: files,
      fingerprint: Fingerprint.of(files.mapValues(\.digest)))
  }
}
