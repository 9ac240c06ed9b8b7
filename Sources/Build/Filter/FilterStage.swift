// The stage that says which rows are candidates; see FilteredFates.swift.

import Foundations
import Synchronization
import Tasks

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
