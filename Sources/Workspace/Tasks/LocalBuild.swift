// The stages of a build, run one after another by the threads of this process.

import Clustering
import FoundationEssentials
import Foundations
import Glibc
import Ingest
import Storage
import Synchronization

/// A build in its folder.
struct LocalBuild: Sendable {
  private(set) var plan: BuildPlan
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
  /// Bytes that sorting may take in all, a task of it, and a list of keys.
  let sortMemory: Int
  let sortShare: Int
  let listMemory: Int
  let duplicateMemory: Int

  var parameters: BuildParameters { plan.parameters }
  var dataset: Dataset { plan.dataset }

  /// - Parameters:
  ///   - inputs: the inputs as another process saw them; nil looks at them now.
  ///   - threads: what this process may use; nil for the plan's.
  init(
    _ plan: BuildPlan, folder: String, role: BuildStages.Role = .owner,
    inputs: WatchedInputs? = nil, observer: BuildObserver, threads: Int? = nil
  ) throws(WinnowError) {
    self.plan = plan
    staging = StagingFiles(folder: folder)
    let stages = BuildStages(
      folder: folder, threads: plan.parameters.threads, role: role, tell: observer.message)
    var observer = observer
    switch role {
    case .owner, .driver: break
    case .recorder, .worker, .observer:
      // What was finished before is not this process's to tell of.
      let told = observer
      observer.progress = { if stages.isAtTarget { told.progress($0) } }
      observer.message = { if stages.isAtTarget { told.message($0) } }
    }
    self.stages = stages
    self.observer = observer
    blocks = RowBlocks(
      plan.dataset.converted { shard in
        "\(folder)/\(stageFolder)/\(ConvertedShard.stage)/\(ConvertedShard.name(shard))"
      })
    let inputs = if let inputs { inputs } else { try WatchedInputs(plan) }
    (shards, metadataFiles, listFiles) = (inputs.shards, inputs.metadata, inputs.lists)
    keys = try BuildKeys(plan, shards: shards.stamps, metadata: metadataFiles.stamps)
    let memory = BuildMemory(plan)
    (sortMemory, sortShare) = (memory.sortMemory, memory.sortShare)
    (listMemory, duplicateMemory) = (memory.listMemory, memory.duplicateMemory)
    if let threads { self.plan.parameters.threads = threads }
  }

  /// Says what came of a stage; a process that does tasks of others only has nothing to say about it.
  func tell(_ text: String) {
    if stages.mayRemove { observer.message(text) }
  }

  /// Runs what is not finished.
  func run() throws(WinnowError) -> (WorkspaceDescription, BuildLog) {
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
    let runs = try runAssignment(trained.centroids, scanned.candidates)
    clock.lap("assign")
    let totals = try runSort(runs) { scanned.candidates }
    clock.lap("sort")
    try runScores(totals) { trained.centroids }
    clock.lap("score")
    try runNumericColumns(metadata, sizes: totals.sizes)
    clock.lap("columns")
    try runNames(
      metadata.columns, candidates: scanned.candidates.count, clusters: trained.centroids.count)
    clock.lap("name")
    return try finish(
      scanned, lists, trained.training, metadata.columns, totals.objective, clock)
  }

  /// Writes workspace.json and build-log.json, the last files of a workspace.
  func finish(
    _ scanned: ScanResult, _ lists: [String: KeyListCounts],
    _ training: WorkspaceDescription.Training, _ columns: WorkspaceDescription.Columns,
    _ objective: Double, _ clock: StageClock
  ) throws(WinnowError) -> (WorkspaceDescription, BuildLog) {
    let description = describe(
      scanned, lists, training, clusters: parameters.clusters, columns, objective)
    try staging.write("workspace.json", try description.json())
    return (description, try log(clock))
  }

  /// Scans, beside the training where that has threads to spare.
  func startScan(_ stage: Stage) -> Scanning {
    let (blocks, shards, parameters, observer) = (blocks, shards, parameters, observer)
    // What drops rows waits for its result.
    let isTrained = plan.given == nil
    let isLast = parameters.filters.isEmpty && parameters.deduplication == nil
    let open = stage.paths.count - stage.doneBefore
    var lent = isTrained && isLast && open < parameters.threads ? open : 0
    if case .owner = stages.role {} else { lent = 0 }
    let body = { @Sendable [lent] () throws(WinnowError) -> ScanResult in
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

  func runTraining(
    _ scanning: Scanning
  ) throws(WinnowError) -> TrainedCentroids {
    if scanning.hasFailed { _ = try scanning.result() }
    do throws(WinnowError) {
      let rounds: (() throws(WinnowError) -> TrainedCentroids)? =
        hasRounds
        ? { () throws(WinnowError) in try runRounds(scanning.result().candidates) } : nil
      return try train(
        blocks, scanning, key: keys.train, watch: shards, given: plan.given, rounds: rounds, stages,
        staging, parameters: parameters, observer: observer)
    } catch {
      // The scan is first in order, and so are its errors.
      if !observer.isCancelled() { _ = try scanning.result() }
      throw error
    }
  }

  /// The training, which is finished, or else done with the candidates that are asked for.
  func requireTraining(
    _ candidates: () throws(WinnowError) -> Scanning
  ) throws(WinnowError) -> WorkspaceDescription.Training {
    if let found = try stages.result(
      "train", of: WorkspaceDescription.Training.self, key: keys.train, staging: staging,
      covers: hasRounds ? Self.roundStages(parameters.iterations) : [])
    {
      return found
    }
    return try runTraining(candidates()).training
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

  private func log(_ clock: StageClock) throws(WinnowError) -> BuildLog {
    let seals = staging.files
    var others = try metadataFiles.records(threads: parameters.threads)
    var further = parameters.filters.lists.map { ($0.path, plan.lists[$0.flag]!) }
    if let given = plan.given { further.insert((given.path, given.digest), at: 0) }
    if let given = plan.assignments { further.append((given.path, given.digest)) }
    others += further.map { path, digest in
      .init(path: absolutePath(path), size: fileSize(path) ?? 0, digest: digest)
    }
    let log = BuildLog(
      version: parameters.version, started: clock.started, seconds: clock.seconds,
      tasks: stages.tasks, threads: parameters.threads,
      instructions: parameters.instructions.rawValue, peakMemory: peakMemory(),
      engine: stages.role.engine, inputs: parameters.inputs,
      shards: shards.paths.map(absolutePath), inputFiles: others,
      files: seals.mapValues { .init(size: $0.size, digest: $0.digest) },
      fingerprint: Fingerprint.of(seals.mapValues(\.digest)))
    let path = staging.folder + "/build-log.json"
    let bytes = try encodeJSON(log)
    _ = try AtomicFile.write(bytes, to: path)
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
