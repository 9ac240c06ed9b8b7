// How the search for near duplicates is divided into tasks, and one worker of it.

import Clustering
import Foundations
import Synchronization

/// How fine clusters are grouped to tasks; it depends on their sizes only.
struct DuplicateTasks: Sendable {
  /// Clusters of each task.
  let clusters: [Range<Int>]
  /// Whether all threads search in a task's only cluster.
  let isShared: [Bool]

  /// A cluster of so many rows keeps several threads busy.
  static let sharedRows = 1 << 15

  /// Rows of a task, about, where so many are searched.
  static func rowsPerTask(_ candidates: Int) -> Int { max(1 << 13, (candidates + 4095) / 4096) }

  init(_ fine: FineClusters) {
    let wanted = Self.rowsPerTask(fine.candidates)
    var (clusters, isShared): ([Range<Int>], [Bool]) = ([], [])
    var (start, rows) = (0, 0)
    func close(_ end: Int) {
      if end > start {
        clusters.append(start..<end)
        isShared.append(false)
      }
      (start, rows) = (end, 0)
    }
    for cluster in 0..<fine.count {
      let size = fine.size(cluster)
      if size >= Self.sharedRows {
        close(cluster)
        clusters.append(cluster..<cluster + 1)
        isShared.append(true)
        start = cluster + 1
        continue
      }
      if rows > 0, rows + size > wanted { close(cluster) }
      rows += size
    }
    close(fine.count)
    self.clusters = clusters
    self.isShared = isShared
  }
}

extension DuplicateTasks {
  /// Rows of a task.
  func rows(_ task: Int, of fine: FineClusters) -> Int {
    fine.offsets[clusters[task].upperBound] - fine.offsets[clusters[task].lowerBound]
  }
}

/// One worker: its buffers serve many clusters.
final class ClusterSearcher: @unchecked Sendable {
  // Sound: one thread uses it at a time.
  private let blocks: RowBlocks
  private let fine: FineClusters
  private let criterion: DuplicateCriterion
  private let instructions: InstructionSet
  private let isCancelled: @Sendable () -> Bool
  private let finder: DuplicateFinder
  private let buffer: BlockBuffer

  init(
    _ blocks: RowBlocks, _ fine: FineClusters, _ criterion: DuplicateCriterion, memory: Int,
    threads: Int, _ instructions: InstructionSet, isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.blocks = blocks
    self.fine = fine
    self.criterion = criterion
    self.instructions = instructions
    self.isCancelled = isCancelled
    finder = DuplicateFinder(
      dimensions: blocks.dataset.dimensions, memory: memory, threads: threads,
      instructions: instructions)
    buffer = BlockBuffer(blocks)
  }

  /// Does a task.
  func search(
    _ clusters: Range<Int>, to path: String, progress: (_ rows: Int) -> Void
  ) throws(WinnowError) {
    var dropped: [DroppedRow] = []
    var close = 0
    for cluster in clusters where fine.size(cluster) > 0 {
      let rows = try fine.rows(cluster)
      let source = FineRows(
        rows: rows, blocks: blocks, buffer: buffer, instructions: instructions,
        isCancelled: isCancelled)
      let middle = try fine.middle(cluster)
      var told = 0
      let found = try finder.find(in: source, around: middle, criterion) { done in
        progress(done - told)
        told = done
        return isCancelled()
      }
      guard let found else { throw .interrupted }
      progress(rows.count - told)
      close += found.closeDecisions
      for (place, twin) in found.twins.enumerated() where Int(twin) != place {
        dropped.append(
          DroppedRow(row: rows[place], twin: rows[Int(twin)], cosine: found.cosines[place]))
      }
    }
    try DroppedRows.write(dropped, closeDecisions: close, to: path)
  }
}
