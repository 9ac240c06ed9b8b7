// `winnow build`: the stages in their order.  Everything is written below a staging folder that
// takes its place in one step when all of it is there; until then what is finished stays, so that the
// same command continues.

import Clustering
import FoundationEssentials
import Foundations
import Glibc
import Ingest
import Pruning
import Storage

/// One record of `clusters.npy`.
struct ClusterRecord: BitwiseCopyable {
  var size: UInt64
  var dIntra: Double
  var dInter: Double
  var complexity: Double

  static let type = NpyType.fields([
    NpyField(name: "size", type: "<u8"), NpyField(name: "d_intra", type: "<f8"),
    NpyField(name: "d_inter", type: "<f8"), NpyField(name: "complexity", type: "<f8"),
  ])
}

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
/// - Throws: ``WinnowError``; then the output is as it was before, and what was finished waits
///   beside it (``WinnowError/unfinished(_:folder:)``).
/// - Complexity: O(rows * k * dimensions) time; 8 to 24 bytes a row of memory beside the training
///   rows, the centroids and a few blocks a thread.
public func buildWorkspace(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> BuildSummary {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(parameters)
  observer.message(plan.dataset.layout)
  try BuildMemory(plan).check()
  return try resumably(parameters.output) { () throws(WinnowError) in
    let folder = try StagedFolder(destination: parameters.output)
    // Tasks of a build that was recorded for others would be those of another one.
    try BuildRecord.remove(from: folder.path)
    let build = try LocalBuild(plan, folder: folder.path, observer: observer)
    let (description, log) = try build.run()
    if observer.isCancelled() { throw .interrupted }
    try folder.commit(build.staging.files.keys)
    return BuildSummary(path: parameters.output, description: description, log: log)
  }
}

/// The same, its tasks done by an engine.
///
/// - Throws: ``WinnowError``; what was finished waits beside the output as that of any build.
public func buildWorkspace(
  _ parameters: BuildParameters, on engine: some TaskEngine,
  observer: BuildObserver = BuildObserver()
) throws(WinnowError) -> BuildSummary {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let parameters = parameters.fromAnywhere
  let plan = try BuildPlan(parameters)
  observer.message(plan.dataset.layout)
  try BuildMemory(plan).check()
  return try resumably(parameters.output) { () throws(WinnowError) in
    // Tasks of a driver that was killed may take a moment to end.
    var folder = try StagedFolder(destination: parameters.output, wait: .seconds(30))
    let inputs = try WatchedInputs(plan)
    let record = BuildRecord(plan, inputs)
    try record.write(to: folder.path)
    if let files = BuildRecord.readyFiles(in: folder.path),
      let log = BuildLog.read(folder.path + "/build-log.json")
    {
      // It was ended while it put the workspace in its place.
      let description = try WorkspaceDescription.read(folder.path + "/workspace.json")
      try folder.commit(files)
      return BuildSummary(path: parameters.output, description: description, log: log)
    }
    folder.admitTasks()
    let shapes = TaskShapes(plan)
    let build = try LocalBuild(
      plan, folder: folder.path, role: .driver(engine, needs: { shapes.needs($0) }), inputs: inputs,
      observer: observer)
    let (description, log): (WorkspaceDescription, BuildLog)
    do throws(WinnowError) { (description, log) = try build.run() } catch {
      // What a task says that was stopped is no news.
      throw observer.isCancelled() ? .interrupted : error
    }
    if observer.isCancelled() { throw .interrupted }
    try folder.excludeTasks(wait: .seconds(30))
    try BuildRecord.markReady(build.staging.files.keys, in: folder.path)
    try folder.commit(build.staging.files.keys)
    return BuildSummary(path: parameters.output, description: description, log: log)
  }
}

/// Runs `body`; its error says where finished work waits, if some does.
func resumably<Value>(
  _ output: String, _ body: () throws(WinnowError) -> Value
) throws(WinnowError) -> Value {
  do throws(WinnowError) { return try body() } catch {
    let building = StagedFolder.building(output)
    guard StagedFolder.hasFinishedWork(building) else { throw error }
    throw .unfinished(error, folder: building)
  }
}

/// The error of a build of `output` that is ended from outside at this moment.
public func interruptedBuild(_ output: String) -> WinnowError {
  let building = StagedFolder.building(output)
  return StagedFolder.hasFinishedWork(building)
    ? .unfinished(.interrupted, folder: building) : .interrupted
}

/// What a build is to do, found out from parameters, names and headers alone.
struct BuildPlan: Sendable {
  var parameters: BuildParameters
  let dataset: Dataset
  /// The condition of `--where`.
  let condition: RowCondition.Checked?
  /// SHA-256 of the files of `--allow` and `--deny`, by these flags.
  let lists: [String: String]
  /// Centroids to use instead of training.
  let given: GivenCentroids?
  /// Clusters to use instead of searching for the nearest centroid.
  let assignments: GivenAssignments?

  init(_ parameters: BuildParameters) throws(WinnowError) {
    let dataset = try Dataset.discover(parameters.inputs, parameters.ingest)
    self.dataset = dataset
    try checkFilters(parameters.filters, dataset)
    condition = try parameters.filters.condition.map { (text) throws(WinnowError) in
      try RowCondition(text, dataset, parameters.ingest).checked
    }
    var lists: [String: String] = [:]
    for file in parameters.filters.lists {
      lists[file.flag] = try Digest.ofFile(file.path)
    }
    self.lists = lists
    self.parameters = parameters
    if parameters.assignmentsFile != nil, parameters.centroidsFile == nil {
      throw .invalid("--assignments: expected --centroids with it, found none")
    }
    guard let path = parameters.centroidsFile else {
      given = nil
      assignments = nil
      try checkClusters(parameters.clusters, rows: dataset.rows, "rows")
      return
    }
    let centroids = try readCentroids(
      path, dimensions: dataset.dimensions, instructions: parameters.instructions)
    given = GivenCentroids(
      path: path, digest: try Digest.ofFile(path))
    self.parameters.clusters = centroids.count
    let rows = dataset.rows
    assignments = try parameters.assignmentsFile.map { (file) throws(WinnowError) in
      try GivenAssignments(file, rows: rows, clusters: centroids.count)
    }
  }

  /// What another process has found out.
  init(
    _ parameters: BuildParameters, dataset: Dataset, condition: RowCondition.Checked?,
    lists: [String: String], given: GivenCentroids?, assignments: GivenAssignments?
  ) {
    self.parameters = parameters
    self.dataset = dataset
    self.condition = condition
    self.lists = lists
    self.given = given
    self.assignments = assignments
  }
}

/// A file of centroids that are used instead of training.
struct GivenCentroids: Codable, Sendable {
  let path: String
  /// SHA-256 of the file.
  let digest: String

  /// The centroids.
  ///
  /// - Throws: ``WinnowError``, also when the file is no longer what it was.
  func read(
    dimensions: Int, instructions: InstructionSet
  ) throws(WinnowError) -> Centroids {
    let centroids = try readCentroids(path, dimensions: dimensions, instructions: instructions)
    let now = try Digest.ofFile(path)
    guard now == digest else {
      throw .invalid("\(path): it changed during the build; build again")
    }
    return centroids
  }
}

extension BuildParameters {
  /// Training rows at most; nil for all candidates.
  var trainingLimit: Int? {
    switch trainingRows {
    case .all: nil
    case .total(let count): max(count, clusters)
    case .perCluster(let count): count.multipliedReportingOverflow(by: clusters).partialValue
    }
  }
}

func checkClusters(_ clusters: Int, rows: Int, _ what: String) throws(WinnowError) {
  guard clusters <= rows else {
    throw .invalid(
      "--clusters: expected at most \(rows), the number of \(what), found \(clusters); "
        + "choose fewer clusters")
  }
}

/// Checks that a data set has what the filters look at.
private func checkFilters(_ filters: RowFilters, _ dataset: Dataset) throws(WinnowError) {
  if filters.condition != nil, dataset.columns == nil {
    throw .invalid(
      "--where: expected metadata, whose columns the condition is about, found none; name a "
        + "clip-retrieval folder with metadata")
  }
  if filters.hasSimilarity, dataset.columns?.similarity == nil {
    throw .invalid(
      "\(filters.similarityMinimum != nil ? "--similarity-min" : "--similarity-top"): expected "
        + "metadata with a column of similarities, found none; name one with --similarity")
  }
}
