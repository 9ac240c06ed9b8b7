// `--where`: the rows of every shard for which the condition holds, one task per shard.

import Foundations
import Ingest
import Storage
import Synchronization
import Tasks
import Workspace

extension StageName { package static let condition = StageName("where") }

struct WhereStage: BuildStage {
  let name = StageName.condition
  let step = StageName.filter
  let hasResultPerInput = true
  let resultPrefix = "shard"

  func after(_ job: BuildJob) -> [StageName] { [] }

  func inputs(_ job: BuildJob) -> InputWatch? { job.metadataFiles }
  func parameters(_ job: BuildJob) -> [String: String] {
    var parameters: [String: String] = [:]
    parameters["--where"] = job.parameters.filters.condition
    parameters["the types of columns"] = job.plan.condition?.columnTypes
    return parameters
  }
  func results(_ job: BuildJob) -> [String] { job.dataset.shards.indices.map { "shard-\($0)" } }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: 1, memory: job.shape.single.scanning)
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(
      tasks: job.shape.shards, bytes: job.metadataFiles.bytes + job.dataset.rows / 8)
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: job.shape.shards, disk: job.dataset.rows / 8,
      seconds: Double(job.dataset.rows) / 1e6 / rates.threads(job.shape.shards))
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let checked = job.plan.condition else { return }
    let shards = job.dataset.shards
    let passes = FilterPasses(job, passed: 0)
    passes.report(0)
    try run.inParallel(tasks) { (_, shard) throws(WinnowError) in
      let verdicts = try job.metadataFiles.reading([shard]) { () throws(WinnowError) in
        var verdicts = VerdictBits(count: shards[shard].rows)
        var row = 0
        var isCancelled = false
        try RowCondition(checked, job.parameters.ingest).evaluate(shards[shard]) { holds in
          if holds { verdicts.set(row) }
          row += 1
          if row & 0xFFFF == 0 {
            passes.report(1 << 16)
            isCancelled = isCancelled || run.isCancelled()
          }
          return !isCancelled
        }
        if isCancelled { throw .interrupted }
        passes.report(row & 0xFFFF)
        return verdicts
      }
      try SealedFile.write(verdicts.bytes, to: run.paths[shard])
    }
  }
}

// `--allow` and `--deny`: which rows the lists of keys let stay.

extension StageName { package static let lists = StageName("lists") }

struct ListsStage: SingleStage, BuildStage {
  let name = StageName.lists
  let step = StageName.filter

  /// One bit per row, below the workspace in the making.
  static let verdicts = "\(stageFolder)/\(StageName.lists)/stays.npy"

  private func hasKeys(_ job: BuildJob) -> Bool { job.dataset.columns?.key != nil }

  func after(_ job: BuildJob) -> [StageName] { hasKeys(job) ? [.metadata] : [] }

  func parameters(_ job: BuildJob) -> [String: String] {
    var parameters = job.plan.lists
    if !hasKeys(job) { parameters["the number of rows"] = "\(job.dataset.rows)" }
    return parameters
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: job.shape.threads, memory: FilterStage().memory(job.shape)!)
  }

  func bytes(_ job: BuildJob) -> Int { job.metadataFiles.bytes / 4 + job.dataset.rows / 8 }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: 1, disk: job.dataset.rows / 8, seconds: Double(job.dataset.rows) / 10e6)
  }

  /// - Returns: what each list came to, by its flag.
  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> [String: KeyListCounts] {
    let kind = hasKeys(job) ? try job.metadata().columns.keyKind : nil
    var verdicts: [String: VerdictBits] = [:]
    var counts: [String: KeyListCounts] = [:]
    for (number, file) in job.parameters.filters.lists.enumerated() {
      let search = KeyListSearch(
        file: file, rows: job.dataset.rows, keys: kind.map { (job.path("keys"), $0) },
        memory: job.shape.listMemory, threads: run.threads, isCancelled: run.isCancelled)
      (verdicts[file.flag], counts[file.flag]) = try job.listFiles.reading([number]) {
        () throws(WinnowError) in try search.run()
      }
    }
    let stays = VerdictBits.staying(
      allowed: verdicts["--allow"], denied: verdicts["--deny"], count: job.dataset.rows)
    var file = try AtomicFile.array(
      job.path(Self.verdicts), .uint8, shape: [stays.bytes.count], isDurable: false)
    try file.write(stays.bytes)
    run.files.record(Self.verdicts, try file.commit())
    return counts
  }

  func conclude(_ job: BuildJob) throws(WinnowError) {
    let counts = try job.graph.value(of: self)
    for file in job.parameters.filters.lists {
      let own = counts[file.flag] ?? KeyListCounts()
      job.graph.tell(
        "\(file.flag): \(file.path) lists \(own.keys) keys"
          + (own.unknown == 0 ? "" : ", \(own.unknown) of them not in the data set"))
    }
  }
}

extension StageName { package static let filter = StageName("filter") }

struct FilterStage: SingleStage, BuildStage {
  let name = StageName.filter

  func after(_ job: BuildJob) -> [StageName] { [.scan, .condition, .lists, .metadata] }

  func follows(_ job: BuildJob) -> [StageName] {
    [.scan, .condition, .lists] + (job.parameters.filters.hasSimilarity ? [.metadata] : [])
  }
  func parameters(_ job: BuildJob) -> [String: String] {
    var parameters: [String: String] = [:]
    parameters["--similarity-min"] = job.parameters.filters.similarityMinimum?.description
    parameters["--similarity-top"] = job.parameters.filters.similarityTop?.description
    return parameters
  }

  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { [job.dataset.rows] }

  /// Candidates before and after, verdicts, and what looks for the keys of lists.
  func memory(_ shape: BuildShape) -> Int? {
    let rows = shape.base + 4 * shape.candidateBytes
    guard let largest = shape.largestList else { return rows }
    // A key takes two bytes of its file at least.
    let table = min(shape.listMemory, largest / 2 * KeyTable.bytesPerKey)
    return rows + shape.threads * KeyListSearch.blockBytes + table
  }

  func bytes(_ job: BuildJob) -> Int { 2 * job.dataset.rows }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(
      tasks: 1, disk: 2 * job.dataset.rows, temporary: 2 * job.dataset.rows,
      seconds: Double(job.dataset.rows) / 50e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> FateCounts {
    let isSifted = job.parameters.filters.condition != nil
    let passes = FilterPasses(job, passed: isSifted ? job.dataset.rows : 0)
    passes.report(0)
    return try FilteredFates(job: job, run: run, passes: passes).write(job.scanned().candidates)
  }
}

/// How far the step `filter` is, which passes over the rows several times: a row counts when all passes
/// have seen as many.
final class FilterPasses: Sendable {
  private let job: BuildJob
  private let passes: Int
  private let done: Mutex<Int>

  /// - Parameter passed: rows that have passed, over all passes so far.
  init(_ job: BuildJob, passed: Int) {
    let filters = job.parameters.filters
    passes = (filters.condition == nil ? 0 : 1) + (filters.similarityTop == nil ? 1 : 4)
    self.job = job
    done = Mutex(passed)
  }

  /// Says that some more rows have passed.
  func report(_ passed: Int) {
    done.withLock {
      $0 += passed
      job.graph.report(.filter, done: $0 / passes, total: job.dataset.rows, unit: "rows")
    }
  }
}
