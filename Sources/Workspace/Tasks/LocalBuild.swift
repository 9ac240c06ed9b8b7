// The stages of a build, run one after another by the threads of this process.

import Clustering
import FoundationEssentials
import Ingest
import Storage
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A build in its folder.
struct LocalBuild: Sendable {
  let plan: BuildPlan
  let staging: StagingFiles
  let stages: BuildStages
  let observer: BuildObserver
  let blocks: RowBlocks
  /// The shards.
  let shards: InputWatch
  /// The metadata files.
  let metadataFiles: InputWatch
  /// The files of `--allow` and `--deny`.
  let listFiles: InputWatch
  let keys: BuildKeys
  /// What sorting may take, and a list of keys.
  let sortMemory: Int
  let listMemory: Int

  var parameters: BuildParameters { plan.parameters }
  var dataset: Dataset { plan.dataset }

  init(
    _ plan: BuildPlan, folder: String, observer: BuildObserver
  ) throws(WorkspaceError) {
    self.plan = plan
    self.observer = observer
    staging = StagingFiles(folder: folder)
    let threads = plan.parameters.threads
    stages = BuildStages(folder: folder, threads: threads, tell: observer.message)
    blocks = RowBlocks(
      plan.dataset.converted { shard in
        "\(folder)/\(stageFolder)/\(ConvertedShard.stage)/\(ConvertedShard.name(shard))"
      })
    shards = try InputWatch(plan.dataset.shards.map(\.path), threads: threads)
    metadataFiles = try InputWatch(
      plan.dataset.columns == nil ? [] : plan.dataset.shards.compactMap { $0.metadata?.path },
      threads: threads)
    listFiles = try InputWatch(plan.parameters.filters.lists.map(\.path), threads: threads)
    keys = try BuildKeys(plan, shards: shards.stamps, metadata: metadataFiles.stamps)
    let memory = BuildMemory(plan)
    (sortMemory, listMemory) = (memory.sortMemory, memory.listMemory)
  }

  /// Runs what is not finished.
  func run() throws(WorkspaceError) -> (WorkspaceDescription, BuildLog) {
    var clock = StageClock()
    var metadata = try runMetadata()
    try runKeyOrder(&metadata.columns)
    clock.lap("metadata")
    try runConversion()
    clock.lap("convert")
    let scanStage = try openScan(blocks, shards, stages, key: keys.scan)
    let scanning = startScan(scanStage)
    // Whatever happens, nothing writes to the folder afterwards.
    defer { scanning.wait() }
    let isScanned = scanning.isOver
    if isScanned { clock.lap("scan") }
    let (filtered, lists) = try runFilter(scanning, metadata, &clock)
    let chosen = try runDeduplication(filtered, &clock)
    let trained = try runTraining(chosen)
    let scanned = try chosen.result()
    clock.lap("train")
    if !isScanned { clock.add("scan", scanning.duration) }
    let totals = try runMembers(trained.centroids, scanned, &clock)
    let objective = try runScores(totals, trained.centroids, scanned.candidates.count)
    clock.lap("score")
    try runNumericColumns(metadata, sizes: totals.sizes)
    clock.lap("columns")
    try runNames(
      metadata.columns, candidates: scanned.candidates.count, clusters: trained.centroids.count)
    clock.lap("name")
    let description = describe(
      scanned, lists, trained.training, clusters: trained.centroids.count, metadata.columns,
      objective)
    try staging.write("workspace.json", try description.json())
    return (description, try finish(clock))
  }

  /// Scans, beside the training where that has threads to spare.
  func startScan(_ stage: Stage) -> Scanning {
    let (blocks, shards, parameters, observer) = (blocks, shards, parameters, observer)
    // What drops rows waits for its result.
    let isTrained = plan.given == nil
    let isLast = parameters.filters.isEmpty && parameters.deduplication == nil
    let open = stage.paths.count - stage.doneBefore
    let lent = isTrained && isLast && open < parameters.threads ? open : 0
    let body = { @Sendable () throws(WorkspaceError) -> ScanResult in
      let scanned = try scan(
        blocks, shards, stage, lent: lent, parameters: parameters, observer: observer)
      if isTrained {
        try checkClusters(parameters.clusters, rows: scanned.candidates.count, "usable rows")
      }
      guard scanned.candidates.count > 0 else {
        throw .invalid("\(parameters.inputs.joined(separator: ", ")): there are no usable rows")
      }
      return scanned
    }
    return lent > 0 ? Scanning(besideOthers: lent, body) : Scanning(body)
  }

  private func runTraining(
    _ scanning: Scanning
  ) throws(WorkspaceError) -> TrainedCentroids {
    if scanning.hasFailed { _ = try scanning.result() }
    do throws(WorkspaceError) {
      return try train(
        blocks, scanning, key: keys.train, watch: shards, given: plan.given, stages, staging,
        parameters: parameters, observer: observer)
    } catch {
      // The scan is first in order, and so are its errors.
      if !observer.isCancelled() { _ = try scanning.result() }
      throw error
    }
  }

  private func describe(
    _ scanned: ScanResult, _ lists: [String: KeyListCounts],
    _ training: WorkspaceDescription.Training, clusters: Int,
    _ columns: WorkspaceDescription.Columns, _ objective: Double
  ) -> WorkspaceDescription {
    let isTrained = plan.given == nil
    func list(_ flag: String) -> WorkspaceDescription.KeyList? {
      lists[flag].map { .init(digest: plan.lists[flag]!, keys: $0.keys) }
    }
    return WorkspaceDescription(
      format: WorkspaceDescription.currentFormat, distance: "cosine", rows: dataset.rows,
      dimensions: dataset.dimensions, candidates: scanned.candidates.count, clusters: clusters,
      inputs: zip(dataset.shards, scanned.digests).map {
        .init(
          rows: $0.rows, dimensions: $0.dimensions, element: $0.element.rawValue, digest: $1,
          embedding: $0.embeddingName)
      },
      parameters: .init(
        clusters: parameters.clusters, iterations: isTrained ? parameters.iterations : nil,
        trainingRows: isTrained ? parameters.trainingLimit : nil,
        seed: isTrained || parameters.deduplication != nil ? parameters.seed : nil,
        neighbours: parameters.neighbours, skipInvalid: parameters.skipInvalid,
        centroids: plan.given?.digest, assignments: plan.assignments?.digest,
        condition: parameters.filters.condition, allow: list("--allow"), deny: list("--deny"),
        similarityMin: parameters.filters.similarityMinimum?.description,
        similarityTop: parameters.filters.similarityTop?.description,
        dedup: parameters.deduplication.map { describe($0, scanned.candidates) }),
      training: training, columns: columns, objective: objective,
      filters: FateCounts(dropped: scanned.candidates.dropped).byName)
  }

  private func describe(
    _ wanted: Deduplication, _ left: CandidateSet
  ) -> WorkspaceDescription.Parameters.Dedup {
    .init(
      epsilon: wanted.criterion.epsilon, rule: wanted.criterion.rule,
      clusters: wanted.clusters(of: left.count + (left.dropped[.duplicate] ?? 0)))
  }

  private func finish(_ clock: StageClock) throws(WorkspaceError) -> BuildLog {
    let seals = staging.files
    var others = try metadataFiles.records(threads: parameters.threads)
    if let given = plan.given, let path = parameters.centroidsFile {
      others.append(
        .init(path: absolutePath(path), size: fileSize(path) ?? 0, digest: given.digest))
    }
    let log = BuildLog(
      version: parameters.version, started: clock.started, seconds: clock.seconds,
      tasks: stages.tasks, threads: parameters.threads,
      instructions: parameters.instructions.rawValue, peakMemory: peakMemory(),
      engine: "local", inputs: parameters.inputs,
      shards: shards.paths.map(absolutePath), inputFiles: others,
      files: seals.mapValues { .init(size: $0.size, digest: $0.digest) },
      fingerprint: Fingerprint.of(seals.mapValues(\.digest)))
    let path = staging.folder + "/build-log.json"
    let bytes = try encodeJSON(log)
    _ = try storing { () throws(StorageError) in try AtomicFile.write(bytes, to: path) }
    return log
  }
}

/// The most memory that this process had at a time, in bytes.
private func peakMemory() -> Int {
  // Unlike getrusage's, this number leaves out the program that started this one.
  var status = [UInt8](repeating: 0, count: 1 << 14)
  let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
  let count = descriptor < 0 ? 0 : read(descriptor, &status, status.count)
  if descriptor >= 0 { close(descriptor) }
  status.removeLast(status.count - max(0, count))
  for line in String(decoding: status, as: UTF8.self).split(separator: "\n")
  where line.hasPrefix("VmHWM:") {
    if let number = Int(line.filter(\.isNumber)) { return number * 1024 }
  }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}
