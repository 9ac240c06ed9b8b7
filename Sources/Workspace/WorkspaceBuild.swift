// `winnow build`: the stages in their order.  Everything is written below a staging folder that
// takes its place in one step when all of it is there; until then what is finished stays, so that the
// same command continues.

import Clustering
import FoundationEssentials
import Ingest
import Pruning
import Storage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

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
/// - Throws: ``WorkspaceError``; then the output is as it was before, and what was finished waits
///   beside it (``WorkspaceError/unfinished(_:folder:)``).
/// - Complexity: O(rows * k * dimensions) time; 8 to 24 bytes a row of memory beside the training
///   rows, the centroids and a few blocks a thread.
public func buildWorkspace(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WorkspaceError) -> BuildSummary {
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let plan = try BuildPlan(parameters)
  observer.message(plan.dataset.layout)
  try BuildMemory(plan).check()
  let building = StagedFolder.building(parameters.output)
  do throws(WorkspaceError) {
    let folder = try StagedFolder(destination: parameters.output)
    let build = try LocalBuild(plan, folder: folder.path, observer: observer)
    let (description, log) = try build.run()
    if observer.isCancelled() { throw .interrupted }
    try folder.commit(build.staging.files.keys)
    return BuildSummary(path: parameters.output, description: description, log: log)
  } catch {
    guard StagedFolder.hasFinishedWork(building) else { throw error }
    throw .unfinished(error, folder: building)
  }
}

/// The error of a build of `output` that is ended from outside at this moment.
public func interruptedBuild(_ output: String) -> WorkspaceError {
  let building = StagedFolder.building(output)
  return StagedFolder.hasFinishedWork(building)
    ? .unfinished(.interrupted, folder: building) : .interrupted
}

/// What a build is to do, found out from parameters, names and headers alone.
struct BuildPlan: Sendable {
  var parameters: BuildParameters
  let dataset: Dataset
  /// The condition of `--where`, checked.
  let condition: RowCondition?
  /// SHA-256 of the files of `--allow` and `--deny`, by these flags.
  let lists: [String: String]
  /// Centroids to use instead of training, and the digest of their file.
  let given: (centroids: Centroids, digest: String)?
  /// Clusters to use instead of searching for the nearest centroid.
  let assignments: GivenAssignments?

  init(_ parameters: BuildParameters) throws(WorkspaceError) {
    let dataset = try ingesting { () throws(IngestError) in
      try Dataset.discover(parameters.inputs, parameters.ingest)
    }
    self.dataset = dataset
    try checkFilters(parameters.filters, dataset)
    condition = try ingesting { () throws(IngestError) in
      try parameters.filters.condition.map { (text) throws(IngestError) in
        try RowCondition(text, dataset, parameters.ingest)
      }
    }
    var lists: [String: String] = [:]
    for file in parameters.filters.lists {
      lists[file.flag] = try storing { () throws(StorageError) in try Digest.ofFile(file.path) }
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
    given = (centroids, try storing { () throws(StorageError) in try Digest.ofFile(path) })
    self.parameters.clusters = centroids.count
    let rows = dataset.rows
    assignments = try parameters.assignmentsFile.map { (file) throws(WorkspaceError) in
      try GivenAssignments(file, rows: rows, clusters: centroids.count)
    }
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

func checkClusters(_ clusters: Int, rows: Int, _ what: String) throws(WorkspaceError) {
  guard clusters <= rows else {
    throw .invalid(
      "--clusters: expected at most \(rows), the number of \(what), found \(clusters); "
        + "choose fewer clusters")
  }
}

/// Checks that a data set has what the filters look at.
private func checkFilters(_ filters: RowFilters, _ dataset: Dataset) throws(WorkspaceError) {
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
