// The stages of a build, and what a stage of a build says beside what the graph asks.

import Foundations
import Tasks

/// A stage left of the workspace.
protocol BuildStage: Stage where Job == BuildJob {
  /// The stages from whose signatures its results follow, and parameters by their flags.
  func follows(_ job: BuildJob) throws(WinnowError) -> [StageName]
  func parameters(_ job: BuildJob) throws(WinnowError) -> [String: String]
  /// Bytes of memory that it takes in a process that does all of it; nil: little.
  func memory(_ shape: BuildShape) -> Int?
  /// What it would take, for `--dry-run`; nil where another stage's forecast includes it.
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) throws(WinnowError) -> StageForecast?
  /// The rows that some tasks are about; nil: any.  It is asked before the candidates are known.
  func rows(of choice: TaskChoice, _ job: BuildJob) -> [Range<Int>]?
}

extension BuildStage {
  /// What it comes after.
  func follows(_ job: BuildJob) throws(WinnowError) -> [StageName] { after(job) }
  func parameters(_ job: BuildJob) throws(WinnowError) -> [String: String] { [:] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    var digests: [String: String] = [:]
    for name in try follows(job) {
      digests[name.rawValue] = try job.graph.digest(of: name, job)
    }
    return StageSignature(
      program: job.parameters.version, inputs: inputs(job)?.stamps ?? [],
      parameters: try parameters(job), after: digests)
  }

  func memory(_ shape: BuildShape) -> Int? { nil }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) throws(WinnowError) -> StageForecast? {
    nil
  }
  func rows(of choice: TaskChoice, _ job: BuildJob) -> [Range<Int>]? { nil }

  /// One thread with all the memory, or with some to sort.
  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(
      threads: 1, memory: memory(job.shape.single) ?? job.shape.base + job.shape.sortShare)
  }
}

/// The stages of a build that one process does, in an order in which they can be done.
///
/// - Parameter rounds: the rounds of a training on all rows are stages of their own, so that many
///   processes can share one.
func buildStages(_ plan: BuildPlan, rounds: Bool) -> [any BuildStage] {
  let dataset = plan.dataset
  let parameters = plan.parameters
  var stages: [any BuildStage] = []
  func add(_ more: any BuildStage..., when isWanted: Bool = true) {
    if isWanted { stages += more }
  }
  add(MetadataStage(), when: dataset.columns != nil)
  add(
    KeyRunsStage(), KeyCutStage(), KeyPartsStage(), KeysStage(), when: dataset.columns?.key != nil)
  add(ConvertStage(), when: dataset.shards.contains(where: \.needsConversion))
  add(ScanStage())
  add(WhereStage(), when: parameters.filters.condition != nil)
  add(ListsStage(), when: parameters.filters.hasLists)
  add(FilterStage(), when: !parameters.filters.isEmpty)
  add(CurveStage(), when: plan.curve != nil)
  if let wanted = parameters.deduplication {
    let mayHaveTwoLevels = wanted.clusters(of: dataset.rows) > wanted.clustersAtOnce
    add(CoarseTrainStage(), CoarseAssignStage(), when: mayHaveTwoLevels)
    add(FineTrainStage(), FineCentroidsStage(), FineAssignStage())
    add(CutStage(.fine), PartsStage(.fine), FineSortStage(), DedupStage(), TwinsStage())
  }
  if rounds, plan.hasRounds {
    add(RoundStartStage())
    for round in 1...max(1, parameters.iterations) where round <= parameters.iterations {
      add(RoundStage(round), MoveStage(round))
    }
  }
  add(TrainStage(), AssignStage(), CutStage(.concepts), PartsStage(.concepts), SortStage())
  add(ScoreStage())
  add(ColumnsStage(), when: !(dataset.columns?.numeric.isEmpty ?? true))
  add(NamesStage())
  return stages
}

extension StageName {
  /// The steps that people see, of any build, in their order.
  package static let steps: [StageName] = [
    .metadata, .convert, .scan, .filter, .fine, .dedup, .train, .assign, .sort, .score, .columns,
    .name,
  ]
}

/// A stage as the graph takes it.
func erased(_ stage: some BuildStage) -> any Stage<BuildJob> { stage }
