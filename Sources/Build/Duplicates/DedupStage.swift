// The near duplicates within fine clusters: a task is some clusters one after another, each with one
// thread; a cluster of many rows is a task of its own, with all threads.

import Clustering
import Foundations
import Tasks

extension StageName { package static let dedup = StageName("dedup") }

struct DedupStage: BuildStage {
  let name = StageName.dedup
  let resultPrefix = "clusters"
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.fineSort] }

  func follows(_ job: BuildJob) -> [StageName] { [job.searchedStage, .fineSort] }
  func parameters(_ job: BuildJob) -> [String: String] {
    let criterion = job.deduplication.criterion
    return ["--dedup": "\(criterion.epsilon)", "--dedup-rule": criterion.rule.rawValue]
  }

  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    let tasks = DuplicateTasks(try job.sortedFineClusters())
    return tasks.clusters.indices.map { "clusters-\($0)" }
  }
  func shares(_ job: BuildJob, results: Int) -> TaskShares {
    let rows = (try? job.sortedFineClusters().candidates) ?? job.shape.rows
    return TaskShares(results: results, work: rows, each: 1 << 17)
  }
  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) throws(WinnowError) -> [Int] {
    let tasks = DuplicateTasks(try job.sortedFineClusters())
    return tasks.clusters.indices.map(tasks.rows)
  }

  func memory(_ shape: BuildShape) -> Int? {
    shape.searchingBase + min(shape.searchMemory, (9 * shape.d + 64) * shape.rows)
      + 2 * shape.candidateBytes
  }

  func needs(_ job: BuildJob) -> TaskNeeds {
    let shape = job.shape
    // Many rows in a cluster are work for several threads.
    let isShared = shape.fine > 0 && shape.rows / shape.fine >= DuplicateTasks.sharedRows
    return isShared
      ? TaskNeeds(threads: shape.threads, memory: memory(shape)!)
      : TaskNeeds(threads: 1, memory: memory(shape.single)!)
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    let rows = job.shape.rows
    let results = rows / DuplicateTasks.rowsPerTask(rows) + 1
    return TaskEstimate(
      tasks: TaskShares(results: results, work: rows, each: 1 << 17).count, isExact: false,
      bytes: job.shape.inputBytes)
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let (rows, fine) = (job.shape.rows, Double(job.shape.fine))
    let n = Double(rows)
    let twins = (2 * MemberParts.rowBytes(rows) + 17) * rows
    return StageForecast(
      tasks: max(1, rows / DuplicateTasks.rowsPerTask(rows)), disk: 24 * rows + twins,
      temporary: (29 + MemberParts.rowBytes(rows)) * rows,
      seconds: (n * n / fine / 2 / rates.pairs + n / rates.rows) / rates.cores)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let grouped = DuplicateTasks(try job.sortedFineClusters())
    let (shared, others) = (tasks.filter(grouped.isShared), tasks.filter { !grouped.isShared($0) })
    try search(shared, grouped, workers: 1, threadsEach: run.threads, job, run)
    try search(others, grouped, workers: run.threads, threadsEach: 1, job, run)
  }

  private func search(
    _ tasks: [Int], _ grouped: DuplicateTasks, workers: Int, threadsEach: Int, _ job: BuildJob,
    _ run: StageRun
  ) throws(WinnowError) {
    let searchers = (0..<min(workers, tasks.count)).map { _ in
      ClusterSearcher(
        job, grouped.fine, memory: job.shape.searchMemory / workers, threads: threadsEach, run)
    }
    try run.inParallel(tasks, threads: workers) { (worker, task) throws(WinnowError) in
      try job.shards.reading(job.shards.paths.indices) { () throws(WinnowError) in
        try searchers[worker].search(grouped.clusters[task], to: run.paths[task])
      }
    }
  }
}

extension BuildShape {
  /// What a search has in memory beside the rows: where fine clusters begin, and sums of their
  /// distances, some times while they are read.
  fileprivate var searchingBase: Int { base + fine * 128 + threads * blockBytes }

  /// Bytes that all threads together may take for rows that are compared with each other.
  fileprivate var searchMemory: Int {
    memory(least: 16 << 20, most: 96 << 20, besides: searchingBase)
  }
}
