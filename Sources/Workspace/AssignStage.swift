// The second pass over the embeddings: every row's nearest centroid and its distance, as runs of
// some blocks each.

import Clustering
import Ingest
import Storage
import Synchronization

/// Blocks of about as many rows as a run shall have: the tasks of the assignment, which depend on the
/// rows only.
func runs(of blocks: RowBlocks) -> [Range<Int>] {
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

/// Writes the runs that are not finished.
///
/// - Parameter given: clusters from elsewhere, instead of the nearest ones.
func assign(
  _ blocks: RowBlocks, _ centroids: Centroids, given: GivenAssignments?, _ watch: InputWatch,
  candidates: Int, _ stage: Stage,
  parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) {
  let total = blocks.dataset.rows
  let runs = runs(of: blocks)
  let longest = runs.map { blocks.rows(of: $0) }.max() ?? 0
  let open = runs.indices.count { !stage.wasDone($0) }
  let workers = min(max(1, parameters.threads), max(1, open))
  let buffers = (0..<workers).map { _ in AssignBuffer(blocks, rows: longest) }
  let before = runs.indices.reduce(0) { $0 + (stage.wasDone($1) ? blocks.rows(of: runs[$1]) : 0) }
  let done = Mutex(before)
  observer.progress(BuildProgress(stage: .assign, done: before, total: total, unit: "rows"))
  try stage.run(threads: workers, isCancelled: observer.isCancelled) {
    (worker, task) throws(WorkspaceError) in
    let buffer = buffers[worker]
    let own = blocks.blocks[runs[task]]
    let firstRow = own.first!.firstRow
    try watch.reading(own.first!.shard...own.last!.shard) { () throws(WorkspaceError) in
      for block in own {
        if observer.isCancelled() { throw .interrupted }
        var invalid: [Int] = []
        let place = block.firstRow - firstRow
        let bytes = try buffer.block.read(block, of: blocks)
        let (element, count) = (blocks.dataset.shards[block.shard].element, block.rows.count)
        let (nearest, distances) = (buffer.nearest + place, buffer.distances + place)
        if let given {
          try given.read(block.firstRow..<block.firstRow + count, into: nearest)
          centroids.distances(
            bytes: bytes, element: element, count: count, to: nearest, distances: distances,
            scratch: buffer.block.scratch
          ) { row, _ in invalid.append(row) }
        } else {
          centroids.assign(
            bytes: bytes, element: element, count: count, nearest: nearest, distances: distances,
            scratch: buffer.block.scratch
          ) { row, _ in invalid.append(row) }
        }
        for row in invalid { buffer.nearest[place + row] = AssignedRun.none }
        done.withLock {
          $0 += block.rows.count
          observer.progress(
            BuildProgress(stage: .assign, done: $0, total: total, unit: "rows"))
        }
      }
    }
    try buffer.writer.write(
      firstRow: firstRow, count: blocks.rows(of: runs[task]), nearest: buffer.nearest,
      distances: buffer.distances, clusters: centroids.count, to: stage.paths[task])
  }
  var found = 0
  for path in stage.paths { found += try AssignedRun(path).candidates }
  guard found == candidates else {
    try storing { () throws(StorageError) in try removeTree(stage.folder) }
    throw .invalid(
      "the inputs changed while they were read: expected \(candidates) usable rows, as the scan "
        + "found, found \(found); build again")
  }
}

extension RowBlocks {
  fileprivate func rows(of run: Range<Int>) -> Int {
    let (first, last) = (blocks[run.lowerBound], blocks[run.upperBound - 1])
    return last.firstRow + last.rows.count - first.firstRow
  }
}
