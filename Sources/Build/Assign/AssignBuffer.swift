// The second pass over the embeddings: every candidate's nearest centroid and its distance, as runs of
// some blocks each.  Blocks without a candidate are not read.

import Clustering
import Foundations
import Ingest
import Storage

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

  /// Finds the clusters of a block's candidates; its first row has the place `place`.
  func assign(
    _ own: RowBlock, of blocks: RowBlocks, at place: Int, _ candidates: CandidateSet,
    _ centroids: Centroids, _ given: GivenAssignments?
  ) throws(WinnowError) {
    let shard = blocks.dataset.shards[own.shard]
    let rows = own.firstRow..<own.firstRow + own.rows.count
    guard candidates.members != nil else {
      let bytes = try block.read(own, of: blocks)
      try given?.read(rows, into: nearest + place)
      assign(
        bytes, shard.element, rows.count, centroids, isGiven: given != nil, nearest + place,
        distances + place)
      return
    }
    (nearest + place).update(repeating: AssignedRun.none, count: rows.count)
    guard candidates.hasAny(in: rows) else { return }
    try block.read(own, of: blocks)
    try given?.read(rows, into: block.nearest)
    // The candidates' bytes are brought together, so that only they cost arithmetic.
    var kept: [Int] = []
    let (base, stride) = (block.bytes.baseAddress!, shard.bytesPerRow)
    candidates.forEach(in: rows) { row in
      let from = row - rows.lowerBound
      if from != kept.count {
        (base + kept.count * stride).copyMemory(from: base + from * stride, byteCount: stride)
        if given != nil { block.nearest[kept.count] = block.nearest[from] }
      }
      kept.append(from)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: block.bytes[..<(kept.count * stride)])
    assign(
      bytes, shard.element, kept.count, centroids, isGiven: given != nil, block.nearest,
      block.distances)
    for (slot, row) in kept.enumerated() {
      nearest[place + row] = block.nearest[slot]
      distances[place + row] = block.distances[slot]
    }
  }

  /// Rows that cannot be used get no cluster.
  ///
  /// - Parameter isGiven: `nearest` has the rows' clusters, and only distances are wanted.
  private func assign(
    _ bytes: UnsafeRawBufferPointer, _ element: EmbeddingElement, _ count: Int,
    _ centroids: Centroids, isGiven: Bool, _ nearest: UnsafeMutablePointer<UInt32>,
    _ distances: UnsafeMutablePointer<Float>
  ) {
    var invalid: [Int] = []
    if isGiven {
      centroids.distances(
        bytes: bytes, element: element, count: count, to: nearest, distances: distances,
        scratch: block.scratch
      ) { row, _ in invalid.append(row) }
    } else {
      centroids.assign(
        bytes: bytes, element: element, count: count, nearest: nearest, distances: distances,
        scratch: block.scratch
      ) { row, _ in invalid.append(row) }
    }
    for row in invalid { nearest[row] = AssignedRun.none }
  }
}

/// Writes the runs that are not finished.
///
/// - Parameter given: clusters from elsewhere, instead of the nearest ones.
func assign(
  _ blocks: RowBlocks, _ centroids: Centroids, given: GivenAssignments? = nil, _ watch: InputWatch,
  _ candidates: CandidateSet, _ stage: Stage, parameters: BuildParameters, observer: BuildObserver
) throws(WinnowError) {
  let runs = runs(of: blocks)
  let longest = runs.map { blocks.rows(of: $0) }.max() ?? 0
  let open = runs.indices.count { !stage.wasDone($0) }
  let workers = min(max(1, parameters.threads), max(1, open))
  let buffers = (0..<workers).map { _ in AssignBuffer(blocks, rows: longest) }
  let meter = RowMeter(.assign, total: blocks.dataset.rows, observer)
  meter.add(runs.indices.reduce(0) { $0 + (stage.wasDone($1) ? blocks.rows(of: runs[$1]) : 0) })
  let finished = { @Sendable task in meter.add(blocks.rows(of: runs[task])) }
  try stage.run(threads: workers, isCancelled: observer.isCancelled, finished: finished) {
    (worker, task) throws(WinnowError) in
    let buffer = buffers[worker]
    let own = blocks.blocks[runs[task]]
    let firstRow = own.first!.firstRow
    try watch.reading(own.first!.shard...own.last!.shard) { () throws(WinnowError) in
      for block in own {
        if observer.isCancelled() { throw .interrupted }
        try buffer.assign(
          block, of: blocks, at: block.firstRow - firstRow, candidates, centroids, given)
        meter.add(block.rows.count)
      }
    }
    try buffer.writer.write(
      firstRow: firstRow, count: blocks.rows(of: runs[task]), nearest: buffer.nearest,
      distances: buffer.distances, clusters: centroids.count, to: stage.paths[task])
  }
  // A worker leaves that to whoever brings the runs together.
  guard stage.mayRemove else { return }
  var found = 0
  for path in stage.paths { found += try AssignedRun(path).candidates }
  guard found == candidates.count else {
    try removeTree(stage.folder)
    throw changedCandidates(candidates.count, found: found)
  }
}

/// The error of runs that do not hold the candidates.
func changedCandidates(_ expected: Int, found: Int) -> WinnowError {
  .invalid(
    "the inputs changed while they were read: expected \(expected) usable rows, as the scan found, "
      + "found \(found); build again")
}

extension RowBlocks {
  fileprivate func rows(of run: Range<Int>) -> Int {
    let (first, last) = (blocks[run.lowerBound], blocks[run.upperBound - 1])
    return last.firstRow + last.rows.count - first.firstRow
  }
}
