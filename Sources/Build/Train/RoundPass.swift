// One task of a round: some runs of rows pass by the centroids.

import Clustering
import Foundations

/// One task of a round.
struct RoundPass: Sendable {
  let job: BuildJob
  let centroids: Centroids
  let candidates: CandidateSet
  /// The clusters of the part's candidates in the round before; nil in the first.
  let previous: [UInt32]?
  /// Rows that were given to empty clusters then.
  let refilled: [Int: UInt32]
  let isCancelled: @Sendable () -> Bool

  func run(_ own: ArraySlice<RowBlock>) throws(WinnowError) -> RoundPart {
    let (k, blocks) = (centroids.count, job.blocks)
    let buffer = BlockBuffer(blocks)
    let sums = CentroidSums(
      clusters: k, dimensions: centroids.dimensions, instructions: job.instructions)
    var part = RoundPart(
      moved: 0, sizes: [UInt64](repeating: 0, count: k), sums: [], far: [], nearest: [])
    // An empty cluster takes the next row whose own cluster can spare it; each cluster refuses once.
    var far = FarthestRows(limit: 2 * k)
    for block in own {
      if isCancelled() { throw .interrupted }
      var wanted: [Int] = []
      candidates.forEach(in: block.firstRow..<block.firstRow + block.rows.count) {
        wanted.append($0)
      }
      if wanted.isEmpty { continue }
      let faulty = try gatherRows(
        blocks, wanted, wanted.indices, into: buffer.vectors, at: 0, buffer, job.instructions)
      guard faulty == 0 else { throw changedInput(blocks, shard: block.shard) }
      centroids.assign(
        buffer.vectors, count: wanted.count, nearest: buffer.nearest, distances: buffer.distances,
        scratch: buffer.scratch)
      for (slot, row) in wanted.enumerated() {
        let cluster = buffer.nearest[slot]
        let before = refilled[row] ?? previous.map { $0[part.nearest.count] } ?? .max
        if cluster != before { part.moved += 1 }
        part.sizes[Int(cluster)] += 1
        sums.add(slot, of: buffer.vectors, to: Int(cluster), sign: 1)
        far.offer(
          FarRow(
            row: UInt64(row), distance: buffer.distances[slot], cluster: cluster, previous: before))
        part.nearest.append(cluster)
      }
    }
    part.sums = sums.values
    part.far = far.result()
    return part
  }
}
