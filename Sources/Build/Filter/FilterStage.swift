// The fate of every row, out of the scan's list of invalid rows, the verdicts of `--where` and of the
// key lists, and similarity.npy.  Rows pass in their order, some at a time, so memory holds nothing
// per row but the bit of the candidates.

import Foundations
import Tasks

extension StageName { package static let filter = StageName("filter") }

struct FilterStage: SingleStage, BuildStage {
  /// How many rows each filter dropped.
  typealias Value = FateCounts
  let name = StageName.filter

  func after(_ job: BuildJob) -> [StageName] { [.scan, .condition, .lists, .metadata] }

  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    let filters = job.parameters.filters
    var parameters: [String: String] = [:]
    parameters["--similarity-min"] = filters.similarityMinimum?.description
    parameters["--similarity-top"] = filters.similarityTop?.description
    var after: [StageName] = [.scan]
    if filters.condition != nil { after.append(.condition) }
    if filters.hasLists { after.append(.lists) }
    if filters.hasSimilarity { after.append(.metadata) }
    return try job.signature(parameters: parameters, after: after)
  }

  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { [job.dataset.rows] }

  func memory(_ shape: BuildShape) -> Int? { Self.bytes(shape) }

  /// Candidates before and after, verdicts, and what looks for the keys of lists.
  static func bytes(_ shape: BuildShape) -> Int {
    let rows = shape.base + 4 * shape.candidateBytes
    guard let largest = shape.largestList else { return rows }
    // A key takes two bytes of its file at least.
    let table = min(shape.listMemory, largest / 2 * KeyTable.bytesPerKey)
    return rows + shape.threads * KeyListSearch.blockBytes + table
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: 1, memory: Self.bytes(job.shape.single))
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 2 * job.dataset.rows)
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: 1, disk: 2 * job.dataset.rows, temporary: 2 * job.dataset.rows,
      seconds: Double(job.dataset.rows) / 50e6)
  }

  func make(
    _ job: BuildJob, _ files: StagingFiles, _ run: StageRun
  ) throws(WinnowError) -> FateCounts {
    let filters = job.parameters.filters
    let passes = FilterPasses(job, passed: filters.condition == nil ? 0 : job.dataset.rows)
    passes.report(0)
    let sources = FilterSources(
      filters: filters,
      conditions: filters.condition == nil ? [] : try job.paths(of: .condition),
      firstRows: job.dataset.firstRows,
      lists: filters.hasLists ? job.path(ListsStage.verdicts) : nil,
      similarity: job.path("similarity.npy"))
    return try writeFilteredFates(
      try job.scanned().candidates, sources, to: files, isCancelled: run.isCancelled,
      done: passes.report)
  }
}
