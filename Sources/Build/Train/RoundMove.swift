// The end of a round: what its tasks found is added up, empty clusters are given rows, and the centroids
// move.

import Clustering
import Foundations
import Tasks

/// Adds up what the tasks of a round found and moves the centroids.
func moveCentroids(
  _ parts: [String], _ before: Centroids, _ job: BuildJob, _ run: StageRun
) throws(WinnowError) -> (RoundEnd, [Float]) {
  let (k, dimensions) = (before.count, before.dimensions)
  let sums = CentroidSums(clusters: k, dimensions: dimensions, instructions: job.instructions)
  var sizes = [Int](repeating: 0, count: k)
  var moved = 0
  var farthest = FarthestRows(limit: 2 * k)
  for path in parts {
    if run.isCancelled() { throw .interrupted }
    let part = try RoundPart(path, clusters: k, dimensions: dimensions)
    moved += part.moved
    for cluster in 0..<k { sizes[cluster] += Int(part.sizes[cluster]) }
    sums.add(part.sums)
    for row in part.far { farthest.offer(row) }
  }
  let far = farthest.result()
  var refilled: [Int: UInt32] = [:]
  for refill in refills(sizes: sizes, donors: far.map { Int($0.cluster) }) {
    let row = far[refill.row]
    refilled[Int(row.row)] = UInt32(refill.cluster)
    if row.cluster == row.previous { moved += 1 }
    if UInt32(refill.cluster) == row.previous { moved -= 1 }
  }
  if moved == 0 { return (RoundEnd(isConverged: true, refilled: [:]), before.components()) }
  try move(refilled, far, in: sums, job)
  let components = sums.movedCentroids(before.components(), threads: run.threads)
  return (RoundEnd(isConverged: false, refilled: refilled), components)
}

/// Takes rows out of the sums of their clusters and adds them to those that were empty.
private func move(
  _ refilled: [Int: UInt32], _ far: [FarRow], in sums: CentroidSums, _ job: BuildJob
) throws(WinnowError) {
  if refilled.isEmpty { return }
  let blocks = job.blocks
  let buffer = BlockBuffer(blocks)
  let one = VectorBlock(capacity: 1, dimensions: blocks.dataset.dimensions)
  for row in far {
    guard let cluster = refilled[Int(row.row)] else { continue }
    let number = Int(row.row)
    let shard = blocks.shard(of: number)
    let faulty = try job.shards.reading(shard...shard) { () throws(WinnowError) in
      try gatherRows(blocks, [number], 0..<1, into: one, at: 0, buffer, job.instructions)
    }
    guard faulty == 0 else { throw changedInput(blocks, shard: shard) }
    sums.add(0, of: one, to: Int(row.cluster), sign: -1)
    sums.add(0, of: one, to: Int(cluster), sign: 1)
  }
}
