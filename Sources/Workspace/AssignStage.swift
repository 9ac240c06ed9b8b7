// The second pass over the embeddings: every row's nearest centroid and its distance.

import Clustering
import Ingest
import Storage
import Synchronization

/// Every row's cluster and distance: 8 bytes a row.
final class Assignment: @unchecked Sendable {
  // Sound: each task writes its own rows, and nobody reads before all have ended.

  /// The mark of a row that is no candidate.
  static let none = UInt32.max

  let rows: Int
  private(set) var nearest: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>

  init(rows: Int) {
    self.rows = rows
    nearest = .allocate(capacity: max(1, rows))
    distances = .allocate(capacity: max(1, rows))
  }

  /// Gives the clusters' memory back when only the distances are still needed.
  func releaseNearest() {
    nearest.deallocate()
    nearest = .allocate(capacity: 1)
  }

  deinit {
    nearest.deallocate()
    distances.deallocate()
  }
}

func assign(
  _ blocks: RowBlocks, _ centroids: Centroids, candidates: Int, parameters: BuildParameters,
  observer: BuildObserver
) throws(WorkspaceError) -> Assignment {
  let total = blocks.dataset.rows
  let assignment = Assignment(rows: total)
  let failure = FirstFailure()
  let buffers = (0..<max(1, parameters.threads)).map { _ in BlockBuffer(blocks) }
  observer.progress(BuildProgress(stage: .assign, done: 0, total: total, unit: "rows"))
  let counted = Mutex((done: 0, invalid: 0))
  parallel(tasks: blocks.blocks.count, threads: parameters.threads) { worker, task in
    if failure.hasFailed { return }
    let block = blocks.blocks[task]
    let buffer = buffers[worker]
    do throws(WorkspaceError) {
      if observer.isCancelled() { throw .interrupted }
      var invalid: [Int] = []
      try buffer.load(block, of: blocks, instructions: parameters.instructions) { row, _ in
        invalid.append(row)
      }
      centroids.assign(
        buffer.vectors, count: block.rows.count,
        nearest: assignment.nearest + block.firstRow,
        distances: assignment.distances + block.firstRow, scratch: buffer.scratch)
      for row in invalid {
        assignment.nearest[block.firstRow + row] = Assignment.none
      }
      let found = invalid.count
      counted.withLock {
        $0.done += block.rows.count
        $0.invalid += found
        observer.progress(
          BuildProgress(stage: .assign, done: $0.done, total: total, unit: "rows"))
      }
    } catch {
      failure.record(error, task: task)
    }
  }
  try failure.rethrow()
  guard counted.withLock({ total - $0.invalid }) == candidates else {
    throw .invalid("the inputs changed while they were read; build again")
  }
  return assignment
}
