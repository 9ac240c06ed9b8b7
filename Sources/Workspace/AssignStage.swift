// The second pass over the embeddings: every row's nearest centroid and its distance, as runs of
// some blocks each.

import Clustering
import Ingest
import Storage
import Synchronization

/// Blocks of about as many rows as a run shall have.
private func runs(of blocks: RowBlocks) -> [Range<Int>] {
  let wanted = AssignedRunWriter.rowsPerRun(blocks.dataset.rows)
  var runs: [Range<Int>] = []
  var (start, rows) = (0, 0)
  for (number, block) in blocks.blocks.enumerated() {
    if rows > 0, rows + block.rows.count > wanted {
      runs.append(start..<number)
      (start, rows) = (number, 0)
    }
    rows += block.rows.count
  }
  if rows > 0 { runs.append(start..<blocks.blocks.count) }
  return runs
}

/// One thread's buffers.
private final class AssignBuffer: @unchecked Sendable {
  // Sound: one worker uses it at a time.
  let block: BlockBuffer
  let writer = AssignedRunWriter()
  let nearest: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>

  init(_ blocks: RowBlocks, rows: Int) {
    block = BlockBuffer(blocks)
    nearest = .allocate(capacity: rows)
    distances = .allocate(capacity: rows)
  }

  deinit {
    nearest.deallocate()
    distances.deallocate()
  }
}

/// Writes the runs below `stage`; returns their paths in the order of the rows.
func assign(
  _ blocks: RowBlocks, _ centroids: Centroids, candidates: Int, stage: String,
  parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) -> [String] {
  let total = blocks.dataset.rows
  let runs = runs(of: blocks)
  let failure = FirstFailure()
  let longest = runs.map { blocks.rows(of: $0) }.max() ?? 0
  let workers = min(max(1, parameters.threads), max(1, runs.count))
  let buffers = (0..<workers).map { _ in AssignBuffer(blocks, rows: longest) }
  observer.progress(BuildProgress(stage: .assign, done: 0, total: total, unit: "rows"))
  let counted = Mutex((done: 0, invalid: 0))
  let paths = runs.indices.map { "\(stage)/assigned-\($0)" }
  parallel(tasks: runs.count, threads: workers) { worker, task in
    if failure.hasFailed { return }
    let buffer = buffers[worker]
    let own = blocks.blocks[runs[task]]
    let firstRow = own.first!.firstRow
    do throws(WorkspaceError) {
      for block in own {
        if observer.isCancelled() { throw .interrupted }
        var invalid: [Int] = []
        try buffer.block.load(block, of: blocks, instructions: parameters.instructions) { row, _ in
          invalid.append(row)
        }
        let place = block.firstRow - firstRow
        centroids.assign(
          buffer.block.vectors, count: block.rows.count, nearest: buffer.nearest + place,
          distances: buffer.distances + place, scratch: buffer.block.scratch)
        for row in invalid { buffer.nearest[place + row] = AssignedRun.none }
        let found = invalid.count
        counted.withLock {
          $0.done += block.rows.count
          $0.invalid += found
          observer.progress(
            BuildProgress(stage: .assign, done: $0.done, total: total, unit: "rows"))
        }
      }
      try buffer.writer.write(
        firstRow: firstRow, count: blocks.rows(of: runs[task]), nearest: buffer.nearest,
        distances: buffer.distances, clusters: centroids.count, to: paths[task])
    } catch {
      failure.record(error, task: task)
    }
  }
  try failure.rethrow()
  guard counted.withLock({ total - $0.invalid }) == candidates else {
    throw .invalid("the inputs changed while they were read; build again")
  }
  return paths
}

extension RowBlocks {
  fileprivate func rows(of run: Range<Int>) -> Int {
    let (first, last) = (blocks[run.lowerBound], blocks[run.upperBound - 1])
    return last.firstRow + last.rows.count - first.firstRow
  }
}
