// `winnow build`: the stages in their order.  Everything is written below a staging folder that
// takes its place in one step when all of it is there.

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
/// instruction set.
///
/// - Throws: ``WorkspaceError``; then the output is as it was before.
/// - Complexity: O(rows * k * dimensions) time; the training rows, the centroids, and a run or a
///   part of the rows a thread in memory.
public func buildWorkspace(
  _ parameters: BuildParameters, observer: BuildObserver = BuildObserver()
) throws(WorkspaceError) -> BuildSummary {
  var clock = StageClock()
  try StagedFolder.checkDestination(parameters.output, force: parameters.force)
  let dataset = try ingesting { () throws(IngestError) in
    try Dataset.discover(parameters.inputs, parameters.ingest)
  }
  observer.message(dataset.layout)
  var parameters = parameters
  var given: (centroids: Centroids, digest: String)?
  if let path = parameters.centroidsFile {
    let centroids = try readCentroids(
      path, dimensions: dataset.dimensions, instructions: parameters.instructions)
    given = (centroids, try storing { () throws(StorageError) in try Digest.ofFile(path) })
    parameters.clusters = centroids.count
  }
  if given == nil { try checkClusters(parameters.clusters, rows: dataset.rows, "rows") }

  let folder = try StagedFolder(destination: parameters.output)
  let staging = StagingFiles(folder: folder.path)
  let metadata = try writeMetadata(
    dataset, to: staging, parameters: parameters, observer: observer)
  clock.lap("metadata")
  let blocks = RowBlocks(dataset)
  let trainingLimit = parameters.trainingLimit
  let scanned = try scan(
    blocks, trainingLimit: given == nil ? trainingLimit : 0, parameters: parameters,
    observer: observer)
  if given == nil {
    try checkClusters(parameters.clusters, rows: scanned.candidates, "usable rows")
  }
  guard scanned.candidates > 0 else {
    throw .invalid("\(parameters.inputs.joined(separator: ", ")): there are no usable rows")
  }
  clock.lap("scan")
  let trained: TrainedCentroids
  if let given {
    trained = TrainedCentroids(
      centroids: given.centroids, training: .init(rows: 0, iterations: 0, converged: false))
  } else {
    trained = try train(blocks, scanned, parameters: parameters, observer: observer)
  }
  clock.lap("train")
  let totals = try assignAndSort(
    blocks, trained.centroids, scanned, staging, parameters, observer, &clock)
  let objective = try writeScores(
    totals, trained.centroids, scanned.candidates, staging, parameters, observer)
  if let kind = metadata.columns.keyKind {
    try writeKeyOrder(kind, rows: dataset.rows, to: staging)
  }
  clock.lap("score")
  try writeNumericColumns(
    metadata.numeric, rows: dataset.rows, sizes: totals.sizes, to: staging, parameters: parameters,
    observer: observer)
  clock.lap("columns")
  try writeNames(
    metadata.columns, rows: dataset.rows, candidates: scanned.candidates,
    clusters: trained.centroids.count, to: staging, parameters: parameters, observer: observer)
  clock.lap("name")
  try storing { () throws(StorageError) in
    try removeTree(staging.folder + "/" + stagedFiles)
  }

  let description = WorkspaceDescription(
    format: WorkspaceDescription.currentFormat, distance: "cosine", rows: dataset.rows,
    dimensions: dataset.dimensions, candidates: scanned.candidates,
    clusters: trained.centroids.count,
    inputs: zip(dataset.shards, scanned.digests).map {
      .init(
        rows: $0.rows, dimensions: $0.dimensions, element: $0.element.rawValue, digest: $1)
    },
    parameters: .init(
      clusters: parameters.clusters,
      iterations: given == nil ? parameters.iterations : nil,
      trainingRows: given == nil ? trainingLimit : nil,
      seed: given == nil ? parameters.seed : nil, neighbours: parameters.neighbours,
      skipInvalid: parameters.skipInvalid, centroids: given?.digest),
    training: trained.training, columns: metadata.columns, objective: objective,
    filters: scanned.invalid > 0 ? ["invalid": scanned.invalid] : [:])
  try staging.write("workspace.json", try description.json())
  let log = try finish(staging, parameters, clock)
  if observer.isCancelled() { throw .interrupted }
  try folder.commit()
  return BuildSummary(path: parameters.output, description: description, log: log)
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

private func checkClusters(_ clusters: Int, rows: Int, _ what: String) throws(WorkspaceError) {
  guard clusters <= rows else {
    throw .invalid(
      "--clusters: expected at most \(rows), the number of \(what), found \(clusters); "
        + "choose fewer clusters")
  }
}

private func assignAndSort(
  _ blocks: RowBlocks, _ centroids: Centroids, _ scanned: ScanResult, _ staging: StagingFiles,
  _ parameters: BuildParameters, _ observer: BuildObserver, _ clock: inout StageClock
) throws(WorkspaceError) -> MemberTotals {
  let stage = staging.folder + "/" + stagedFiles
  try storing { () throws(StorageError) in try makeFolder(stage) }
  let runs = try assign(
    blocks, centroids, candidates: scanned.candidates, stage: stage, parameters: parameters,
    observer: observer)
  clock.lap("assign")
  let rows = blocks.dataset.rows
  if scanned.invalid > 0 {
    try writeFate(of: runs, rows: rows, to: staging, observer: observer)
  }
  let totals = try writeMembers(
    of: runs, rows: rows, clusters: centroids.count, stage: stage, memory: 256 << 20, to: staging,
    parameters: parameters, observer: observer)
  clock.lap("sort")
  return totals
}

/// Writes clusters.npy and centroids.npy; returns the objective.
private func writeScores(
  _ totals: MemberTotals, _ centroids: Centroids, _ candidates: Int, _ staging: StagingFiles,
  _ parameters: BuildParameters, _ observer: BuildObserver
) throws(WorkspaceError) -> Double {
  let k = centroids.count
  observer.progress(BuildProgress(stage: .score, done: 0, total: k, unit: "concepts"))
  let dInter = centroids.meanDistanceToNeighbours(
    parameters.neighbours, threads: parameters.threads)
  let records = (0..<k).map { cluster in
    let size = totals.sizes[cluster]
    let mean =
      size == 0 ? 0 : Double(totals.distanceSums[cluster]) / distanceUnit / Double(size)
    return ClusterRecord(
      size: UInt64(size), dIntra: mean, dInter: dInter[cluster],
      complexity: dInter[cluster] * mean)
  }
  try staging.writeArray(
    "clusters.npy", ClusterRecord.type, shape: [k], elements: records)
  try staging.writeArray(
    "centroids.npy", .float32, shape: [k, centroids.dimensions],
    elements: centroids.components())
  observer.progress(BuildProgress(stage: .score, done: k, total: k, unit: "concepts"))
  let total = totals.distanceSums.reduce(0, +)
  return 1 - Double(total) / distanceUnit / Double(candidates)
}

private func finish(
  _ staging: StagingFiles, _ parameters: BuildParameters, _ clock: StageClock
) throws(WorkspaceError) -> BuildLog {
  let seals = staging.files
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let log = BuildLog(
    version: parameters.version, started: clock.started, seconds: clock.seconds,
    threads: parameters.threads, instructions: parameters.instructions.rawValue,
    peakMemory: usage.ru_maxrss * 1024, engine: "local", inputs: parameters.inputs,
    files: seals.mapValues { .init(size: $0.size, digest: $0.digest) },
    fingerprint: Fingerprint.of(seals.mapValues(\.digest)))
  let path = staging.folder + "/build-log.json"
  let bytes = try encodeJSON(log)
  _ = try storing { () throws(StorageError) in try AtomicFile.write(bytes, to: path) }
  return log
}

/// Wall-clock seconds of every stage.
private struct StageClock {
  let started = Date().ISO8601Format()
  private(set) var seconds: [String: Double] = [:]
  private var last = ContinuousClock.now

  mutating func lap(_ stage: String) {
    let now = ContinuousClock.now
    let parts = (now - last).components
    seconds[stage] = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    last = now
  }
}
