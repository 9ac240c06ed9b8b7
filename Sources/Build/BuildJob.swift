// What a build gives its stages: parameters, inputs, and what other stages have left.  A stage reads
// results of others here and nowhere else; each is read once and kept.

import Clustering
import FoundationEssentials
import Foundations
import Ingest
import Storage
import Synchronization
import Tasks
import Workspace

/// A build in its folder, for one process.
final class BuildJob: Sendable {
  let plan: BuildPlan
  /// The sizes that tasks and memory follow from; those of the build, whoever does a task.
  let shape: BuildShape
  let graph: StageGraph<BuildJob>
  let blocks: RowBlocks
  let shards: InputWatch
  let metadataFiles: InputWatch
  /// The files of `--allow` and `--deny`.
  let listFiles: InputWatch
  /// When this process began, UTC.
  let started = Date().ISO8601Format()
  private let memo = Mutex(Memo())

  private struct Memo {
    var scan: ScanResult?
    var searched: CandidateSet?
    var candidates: CandidateSet?
    var centroids: Centroids?
    var fineLevels: FineLevels?
  }

  var parameters: BuildParameters { plan.parameters }
  var dataset: Dataset { plan.dataset }
  var folder: String { graph.folder }
  var threads: Int { graph.threads }
  var instructions: InstructionSet { parameters.instructions }
  var isCancelled: @Sendable () -> Bool { graph.observer.isCancelled }

  /// - Parameters:
  ///   - inputs: the inputs as another process saw them; nil looks at them now.
  ///   - threads: what this process may use; nil for the plan's.
  init(
    _ plan: BuildPlan, folder: String, role: TaskRole = .owner, inputs: WatchedInputs? = nil,
    observer: BuildObserver, threads: Int? = nil
  ) throws(WinnowError) {
    self.plan = plan
    shape = BuildShape(plan)
    blocks = RowBlocks(
      plan.dataset.converted { shard in
        "\(folder)/\(stageFolder)/\(StageName.convert)/\(ConvertedShard.name(shard))"
      })
    let inputs = if let inputs { inputs } else { try WatchedInputs(plan) }
    (shards, metadataFiles, listFiles) = (inputs.shards, inputs.metadata, inputs.lists)
    // One process sees fewer rows in a round, and finds the same centroids.
    graph = StageGraph(
      buildStages(plan, rounds: !role.isOwner).map { erased($0) },
      steps: StageName.steps, folder: folder, role: role,
      threads: max(1, threads ?? plan.parameters.threads), observer: observer)
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func paths(of stage: StageName) throws(WinnowError) -> [String] {
    try graph.paths(of: stage, self)
  }

  // MARK: What stages have left

  func metadata() throws(WinnowError) -> MetadataResult {
    dataset.columns == nil ? MetadataResult() : try graph.value(of: MetadataStage())
  }

  /// What the scan found; waits for a scan that still runs.
  func scanned() throws(WinnowError) -> ScanResult {
    try graph.wait(for: .scan)
    return try scanResult()
  }

  /// What the finished scan found.
  func scanResult() throws(WinnowError) -> ScanResult {
    if let known = memo.withLock({ $0.scan }) { return known }
    let result = try ScanResult(self)
    memo.withLock { $0.scan = result }
    return result
  }

  /// The stage that has the last word on which rows are candidates.
  var candidateStage: StageName { parameters.deduplication == nil ? searchedStage : .twins }

  /// The same as signatures name it: twins follow from the same as the search.
  var candidateSignature: StageName {
    parameters.deduplication == nil ? searchedStage : .dedup
  }

  /// The stage that says which rows are searched for duplicates.
  var searchedStage: StageName {
    plan.curve != nil ? .curve : parameters.filters.isEmpty ? .scan : .filter
  }

  /// The rows that are clustered.  A worker whose tasks are about some rows knows only these.
  func candidates() throws(WinnowError) -> CandidateSet {
    if let known = memo.withLock({ $0.candidates }) { return known }
    let candidates =
      parameters.deduplication == nil
      ? try searched() : try narrowed(by: .twins, try graph.value(of: TwinsStage()).counts)
    memo.withLock { $0.candidates = candidates }
    return candidates
  }

  /// The rows that are searched for near duplicates: those that filters left.
  func searched() throws(WinnowError) -> CandidateSet {
    if let known = memo.withLock({ $0.searched }) { return known }
    let candidates =
      switch searchedStage {
      case .curve: try narrowed(by: .curve, try graph.value(of: CurveStage()))
      case .filter: try narrowed(by: .filter, try graph.value(of: FilterStage()))
      default: try scanned().candidates
      }
    memo.withLock { $0.searched = candidates }
    return candidates
  }

  /// The candidates that a stage has left, out of the file of fates in its folder.
  private func narrowed(
    by stage: StageName, _ counts: FateCounts
  ) throws(WinnowError) -> CandidateSet {
    let candidates = try CandidateSet(
      fates: path(fatesName(stage)), rows: dataset.rows, counts: counts, window: window)
    if plan.given == nil {
      try checkClusters(parameters.clusters, rows: candidates.count, "candidates")
    }
    return candidates
  }

  /// The rows that a worker's tasks are about; nil: any.
  private var window: [Range<Int>]? {
    guard case .worker(let name, let choice) = graph.role,
      let stage = graph.stages.first(where: { $0.name == name }) as? any BuildStage
    else { return nil }
    return stage.rows(of: choice, self)
  }

  func centroids() throws(WinnowError) -> Centroids {
    if let known = memo.withLock({ $0.centroids }) { return known }
    let centroids = try readCentroids(
      path("centroids.npy"), dimensions: dataset.dimensions, instructions: instructions)
    memo.withLock { $0.centroids = centroids }
    return centroids
  }

  func totals() throws(WinnowError) -> MemberTotals { try graph.value(of: SortStage()) }

  /// How fine clusters are shared among coarse ones; nil where there is one level.
  func fineLevels() throws(WinnowError) -> FineLevels? {
    guard try hasTwoLevels() else { return nil }
    if let known = memo.withLock({ $0.fineLevels }) { return known }
    let levels = try FineLevels(coarse: paths(of: .coarseAssign), fine: fineClusters())
    memo.withLock { $0.fineLevels = levels }
    return levels
  }
}

/// Where a stage that drops rows leaves the fates of all rows, below the workspace in the making.
func fatesName(_ stage: StageName) -> String { "\(stageFolder)/\(stage)/fate.npy" }
