// One thread of an assignment: a block is read, its candidates are brought together, and the nearest
// centroid of each is found.

import Clustering
import Foundations
import Ingest
import Storage

final class AssignBuffer: @unchecked Sendable {
  // Sound: one worker uses it at a time.
  let block: BlockBuffer
  let writer = AssignedRunWriter()
  let nearest: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>

  init(_ job: BuildJob, rows: Int) {
    block = BlockBuffer(job)
    nearest = .allocate(capacity: rows)
    distances = .allocate(capacity: rows)
  }

  deinit {
    nearest.deallocate()
    distances.deallocate()
  }

  /// Finds the clusters of a block's candidates; its first row has the place `place`.
  func assign(
    _ own: RowBlock, at place: Int, _ candidates: CandidateSet, _ centroids: Centroids,
    _ given: GivenAssignments?
  ) throws(WinnowError) {
    let shard = block.blocks.dataset.shards[own.shard]
    let rows = own.firstRow..<own.firstRow + own.rows.count
    guard candidates.members != nil else {
      let bytes = try block.read(own)
      try given?.read(rows, into: nearest + place)
      assign(
        bytes, shard.element, rows.count, centroids, isGiven: given != nil, nearest + place,
        distances + place)
      return
    }
    (nearest + place).update(repeating: AssignedRun.none, count: rows.count)
    guard candidates.hasAny(in: rows) else { return }
    try block.read(own)
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
