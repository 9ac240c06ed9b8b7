// How the search for near duplicates is divided into tasks, and one worker of it.

import Clustering
import Foundations
import Tasks

/// How fine clusters are grouped to tasks; it depends on their sizes only.
struct DuplicateTasks: Sendable {
  let fine: FineClusters
  /// Clusters of each task.
  private(set) var clusters: [Range<Int>] = []

  /// A cluster of so many rows keeps several threads busy.
  static let sharedRows = 1 << 15

  /// Rows of a task, about, where so many are searched.
  static func rowsPerTask(_ candidates: Int) -> Int { max(1 << 13, (candidates + 4095) / 4096) }

  init(_ fine: FineClusters) {
    self.fine = fine
    let wanted = Self.rowsPerTask(fine.candidates)
    var (start, rows) = (0, 0)
    for cluster in 0..<fine.count {
      let size = fine.size(cluster)
      let isAlone = size >= Self.sharedRows
      if cluster > start, isAlone || rows > 0 && rows + size > wanted {
        clusters.append(start..<cluster)
        (start, rows) = (cluster, 0)
      }
      rows += size
      if isAlone {
        clusters.append(start..<cluster + 1)
        (start, rows) = (cluster + 1, 0)
      }
    }
    if start < fine.count { clusters.append(start..<fine.count) }
  }

  func rows(_ task: Int) -> Int {
    fine.offsets[clusters[task].upperBound] - fine.offsets[clusters[task].lowerBound]
  }

  /// Whether all threads search in a task's only cluster.
  func isShared(_ task: Int) -> Bool {
    clusters[task].count == 1 && rows(task) >= Self.sharedRows
  }
}

/// One worker: its buffers serve many clusters.
final class ClusterSearcher: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  private let fine: FineClusters
  private let criterion: DuplicateCriterion
  private let run: StageRun
  private let finder: DuplicateFinder
  private let buffer: BlockBuffer

  init(_ job: BuildJob, _ fine: FineClusters, memory: Int, threads: Int, _ run: StageRun) {
    self.fine = fine
    self.run = run
    criterion = job.deduplication.criterion
    finder = DuplicateFinder(
      dimensions: job.dataset.dimensions, memory: memory, threads: threads,
      instructions: job.instructions)
    buffer = BlockBuffer(job)
  }

  func search(_ clusters: Range<Int>, to path: String) throws(WinnowError) {
    var dropped: [DroppedRow] = []
    var close = 0
    for cluster in clusters where fine.size(cluster) > 0 {
      let rows = try fine.rows(cluster)
      let source = FineRows(rows: rows, buffer: buffer, isCancelled: run.isCancelled)
      var told = 0
      let found = try finder.find(in: source, around: try fine.middle(cluster), criterion) { done in
        run.progress(done - told)
        told = done
        return run.isCancelled()
      }
      guard let found else { throw .interrupted }
      run.progress(rows.count - told)
      close += found.closeDecisions
      for (place, twin) in found.twins.enumerated() where Int(twin) != place {
        dropped.append(
          DroppedRow(row: rows[place], twin: rows[Int(twin)], cosine: found.cosines[place]))
      }
    }
    try DroppedRows.write(dropped, closeDecisions: close, to: path)
  }
}

/// The rows of a fine cluster, read from the shards whenever they are asked for.
private struct FineRows: VectorSource {
  /// Rows of the data set in the order in which they are taken.
  let rows: [Int]
  let buffer: BlockBuffer
  let isCancelled: @Sendable () -> Bool

  var count: Int { rows.count }
  var dimensions: Int { buffer.vectors.dimensions }

  func load(_ places: [Int], into block: VectorBlock, worker: Int) throws(WinnowError) {
    // In the order of the shards, so that what lies close together is read at once.
    let slots = places.indices.map { (row: rows[places[$0]], slot: $0) }
      .sorted { $0.row < $1.row }
    let wanted = slots.map(\.row)
    for start in stride(from: 0, to: wanted.count, by: 4096) {
      if isCancelled() { throw .interrupted }
      try buffer.gatherCandidates(wanted, start..<min(start + 4096, wanted.count), into: block) {
        slots[$0].slot
      }
    }
  }
}
