// The vectors that k-means sees, read into memory.

import Clustering
import Foundations
import Ingest
import Synchronization
import Tasks

/// The vectors of the training rows and their numbers, ascending.
///
/// - Parameter candidates: nil while the scan still runs.
func readTrainingRows(
  _ job: BuildJob, _ candidates: CandidateSet?, _ plan: TrainingPlan, _ run: StageRun,
  _ isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> (VectorBlock, [Int]) {
  let dataset = job.dataset
  func choose(_ limit: Int, _ candidates: CandidateSet?) throws(WinnowError) -> [Int] {
    try trainingRows(
      candidates, rows: dataset.rows, limit: limit, seed: plan.seed, threads: run.threads,
      isCancelled: isCancelled)
  }
  if candidates == nil, let limit = plan.limit, limit < dataset.rows {
    // The rows of smallest hashes among all are those among the usable ones if all can be used.
    let wanted = try choose(limit, nil)
    let rows = VectorBlock(capacity: wanted.count, dimensions: dataset.dimensions)
    if try gather(job, wanted, into: rows, run, isCancelled) { return (rows, wanted) }
  }
  let candidates = if let candidates { candidates } else { try job.candidates() }
  let wanted = try choose(min(plan.limit ?? .max, candidates.count), candidates)
  let rows = VectorBlock(capacity: wanted.count, dimensions: dataset.dimensions)
  guard try gather(job, wanted, into: rows, run, isCancelled) else {
    throw changedInput(job.blocks, shard: nil)
  }
  return (rows, wanted)
}

/// Reads the wanted rows into `vectors`; returns whether all of them can be used.
private func gather(
  _ job: BuildJob, _ wanted: [Int], into vectors: VectorBlock, _ run: StageRun,
  _ isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> Bool {
  let blocks = job.blocks
  let chunk = 4096
  let workers = max(1, run.threads)
  let buffers = (0..<workers).map { _ in BlockBuffer(blocks) }
  let faulty = Atomic<Int>(0)
  try parallel(tasks: (wanted.count + chunk - 1) / chunk, threads: workers) {
    (worker, task) throws(WinnowError) in
    if faulty.load(ordering: .relaxed) > 0 { return }
    if isCancelled() { throw .interrupted }
    let places = task * chunk..<min(wanted.count, (task + 1) * chunk)
    let shards =
      blocks.shard(
        of: wanted[places.lowerBound])...blocks.shard(
        of: wanted[places.upperBound - 1])
    let found = try job.shards.reading(shards) { () throws(WinnowError) in
      // Sound: each task writes its own slots.
      try gatherRows(
        blocks, wanted, places, into: vectors, at: places.lowerBound, buffers[worker],
        job.instructions)
    }
    faulty.add(found, ordering: .relaxed)
  }
  return faulty.load(ordering: .relaxed) == 0
}

/// Reads the wanted rows of some places, those that lie close together at once; the first place goes to
/// `slot`. Returns how many cannot be used.
func gatherRows(
  _ blocks: RowBlocks, _ wanted: [Int], _ places: Range<Int>, into vectors: VectorBlock,
  at slot: Int, _ buffer: BlockBuffer, _ instructions: InstructionSet
) throws(WinnowError) -> Int {
  try gatherRows(blocks, wanted, places, into: vectors, buffer, instructions) {
    slot + $0 - places.lowerBound
  }
}

/// The same, each place to a slot of its own.
///
/// - Parameter wanted: ascending rows.
func gatherRows(
  _ blocks: RowBlocks, _ wanted: [Int], _ places: Range<Int>, into vectors: VectorBlock,
  _ buffer: BlockBuffer, _ instructions: InstructionSet, slot: (_ place: Int) -> Int
) throws(WinnowError) -> Int {
  var faulty = 0
  var next = places.lowerBound
  while next < places.upperBound {
    let first = wanted[next]
    let shard = blocks.shard(of: first)
    let shardStart = blocks.dataset.firstRows[shard]
    let end = min(first + blocks.blockRows, blocks.dataset.firstRows[shard + 1])
    var last = next
    while last + 1 < places.upperBound, wanted[last + 1] < end,
      wanted[last + 1] - wanted[last] <= 16
    {
      last += 1
    }
    let run = RowBlock(
      shard: shard, rows: first - shardStart..<wanted[last] - shardStart + 1, firstRow: first)
    let bytes = try buffer.read(run, of: blocks)
    let rowBytes = blocks.dataset.shards[shard].bytesPerRow
    for place in next...last {
      let start = (wanted[place] - first) * rowBytes
      vectors.load(
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + rowBytes]),
        element: blocks.dataset.shards[shard].element, count: 1,
        at: slot(place), instructions: instructions
      ) { _, _ in faulty += 1 }
    }
    next = last + 1
  }
  return faulty
}

/// The error of an input that differs from what the scan saw.
func changedInput(_ blocks: RowBlocks, shard: Int?) -> WinnowError {
  let path = shard.map { blocks.dataset.shards[$0].path } ?? "input"
  return .invalid("\(path): it changed while it was read; build again")
}
