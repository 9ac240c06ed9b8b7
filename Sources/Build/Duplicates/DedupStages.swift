// What deduplication leaves for whoever asks why a row is gone: twin.npy, twin_cosine.npy,
// fine_assignments.npy and fine_distances.npy, a value for every row of the data set; and the fates
// that the following stages go on with.  Rows pass in their order, some at a time.

import Clustering
import Foundations
import Storage
import Tasks
import Workspace

extension StageName { package static let twins = StageName("twins") }

struct TwinsStage: SingleStage, BuildStage {
  let name = StageName.twins
  let step = StageName.dedup

  func after(_ job: BuildJob) -> [StageName] { [.dedup, job.searchedStage] }
  func follows(_ job: BuildJob) -> [StageName] { DedupStage().follows(job) }
  func parameters(_ job: BuildJob) -> [String: String] { DedupStage().parameters(job) }
  func bytes(_ job: BuildJob) -> Int { 24 * job.shape.rows }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> TwinTotals {
    try writeFineAssignments(job, run)
    return try writeTwins(job, run)
  }

  /// Writes twins, cosines and fates.
  ///
  /// - Complexity: O(rows) time, 16 MiB of memory and a bit a row.
  private func writeTwins(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> TwinTotals {
    let (candidates, files) = (try job.searched(), run.files)
    let results = try job.paths(of: .dedup)
    var readers: [DroppedRows] = []
    let piece = max(64, (1 << 18) / max(1, results.count))
    for path in results { readers.append(try DroppedRows(path, piece: piece)) }
    let isWide = candidates.rows > Int(UInt32.max)
    var twins = try files.open(
      TwinFiles.twins, isWide ? .uint64 : .uint32, shape: [candidates.rows])
    var cosines = try files.open(TwinFiles.cosines, .float32, shape: [candidates.rows])
    let counts = try candidates.narrow(
      to: files, fatesName(name), [.duplicate], isCancelled: run.isCancelled
    ) {
      (rows, fates) throws(WinnowError) in
      var twin = Array(rows)
      var cosine = [Float](repeating: 1, count: rows.count)
      var wasCandidate = true
      for reader in readers.indices {
        try readers[reader].forEach(below: rows.upperBound) { dropped in
          let place = dropped.row - rows.lowerBound
          if fates[place] != Fate.candidate.rawValue { wasCandidate = false }
          fates[place] = Fate.duplicate.rawValue
          twin[place] = dropped.twin
          cosine[place] = Float(dropped.cosine)
        }
      }
      guard wasCandidate else {
        throw damaged(files.folder + "/" + stageFolder, "its results belong to other candidates")
      }
      if isWide {
        try twins.write(elements: twin.map { UInt64($0) })
      } else {
        try twins.write(elements: twin.map { UInt32($0) })
      }
      try cosines.write(elements: cosine)
    }
    files.record(TwinFiles.twins, try twins.commit())
    files.record(TwinFiles.cosines, try cosines.commit())
    return TwinTotals(counts: counts, closeDecisions: readers.reduce(0) { $0 + $1.closeDecisions })
  }

  /// Writes the fine cluster of every row, 2^32 - 1 where it took no part, and the distance to its
  /// centroid, NaN where it took no part.
  ///
  /// - Complexity: O(rows) time, 8 bytes of memory a row of the largest run.
  private func writeFineAssignments(_ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let files = run.files
    var assignments = try files.open(TwinFiles.assignments, .uint32, shape: [job.dataset.rows])
    var distances = try files.open(TwinFiles.distances, .float32, shape: [job.dataset.rows])
    for path in try job.paths(of: .fineAssign) {
      if run.isCancelled() { throw .interrupted }
      let own = try AssignedRun(path)
      var nearest = [UInt32](repeating: AssignedRun.none, count: own.rows)
      var distance = [UInt32](repeating: Float.nan.bitPattern, count: own.rows)
      let ends = try own.offsets(0..<own.clusters)
      let rows = try own.rows(0..<own.candidates)
      var bits = [UInt32](repeating: 0, count: own.candidates)
      try own.readDistances(0..<own.candidates, into: &bits)
      for cluster in 0..<own.clusters {
        for place in Int(ends[cluster])..<Int(ends[cluster + 1]) {
          let row = Int(rows[place])
          nearest[row] = UInt32(cluster)
          distance[row] = bits[place]
        }
      }
      try assignments.write(elements: nearest)
      try distances.write(elements: distance)
    }
    files.record(TwinFiles.assignments, try assignments.commit())
    files.record(TwinFiles.distances, try distances.commit())
  }

  func conclude(_ job: BuildJob) throws(WinnowError) {
    let criterion = job.deduplication.criterion
    let totals = try job.graph.value(of: self)
    let clusters = try job.fineClusters()
    let dropped = totals.counts.dropped[.duplicate] ?? 0
    job.graph.tell(
      "dedup: \(dropped) of \(try job.searched().count) candidates are duplicates (epsilon "
        + "\(criterion.epsilon), \(criterion.rule.rawValue), "
        + "\(counted(clusters, "fine cluster"))); \(totals.closeDecisions) decided by a cosine "
        + "within 1e-6 of the threshold")
  }
}

struct TwinTotals: Codable, Sendable {
  var counts: FateCounts
  /// See ``Duplicates/closeDecisions``.
  var closeDecisions: Int
}

// The near duplicates within fine clusters: a task is some clusters one after another, each with one
// thread; a cluster of many rows is a task of its own, with all threads.

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
