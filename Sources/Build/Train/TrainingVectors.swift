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
  _ job: BuildJob, _ candidates: CandidateSet?, _ plan: TrainingPlan, _ run: StageRun
) throws(WinnowError) -> (VectorBlock, [Int]) {
  let dataset = job.dataset
  func choose(_ limit: Int, _ candidates: CandidateSet?) throws(WinnowError) -> [Int] {
    try trainingRows(
      candidates, rows: dataset.rows, limit: limit, seed: plan.seed, threads: run.threads,
      isCancelled: run.isCancelled)
  }
  if candidates == nil, let limit = plan.limit, limit < dataset.rows {
    // The rows of smallest hashes among all are those among the usable ones if all can be used.
    let wanted = try choose(limit, nil)
    let rows = VectorBlock(capacity: wanted.count, dimensions: dataset.dimensions)
    if try gather(job, wanted, into: rows, run) { return (rows, wanted) }
  }
  let candidates = if let candidates { candidates } else { try job.candidates() }
  let wanted = try choose(min(plan.limit ?? .max, candidates.count), candidates)
  let rows = VectorBlock(capacity: wanted.count, dimensions: dataset.dimensions)
  guard try gather(job, wanted, into: rows, run) else {
    throw changedInput()
  }
  return (rows, wanted)
}

/// Reads the wanted rows into `vectors`; returns whether all of them can be used.
private func gather(
  _ job: BuildJob, _ wanted: [Int], into vectors: VectorBlock, _ run: StageRun
) throws(WinnowError) -> Bool {
  let blocks = job.blocks
  let chunk = 4096
  let workers = max(1, run.threads)
  let buffers = (0..<workers).map { _ in BlockBuffer(job) }
  let faulty = Atomic<Int>(0)
  try parallel(tasks: (wanted.count + chunk - 1) / chunk, threads: workers) {
    (worker, task) throws(WinnowError) in
    if faulty.load(ordering: .relaxed) > 0 { return }
    if run.isCancelled() { throw .interrupted }
    let places = task * chunk..<min(wanted.count, (task + 1) * chunk)
    let (first, last) = (wanted[places.lowerBound], wanted[places.upperBound - 1])
    let found = try job.shards.reading(blocks.shard(of: first)...blocks.shard(of: last)) {
      () throws(WinnowError) in
      // Sound: each task writes its own slots.
      try buffers[worker].gather(wanted, places, into: vectors)
    }
    faulty.add(found, ordering: .relaxed)
  }
  return faulty.load(ordering: .relaxed) == 0
}

extension BlockBuffer {
  /// Reads wanted rows, those that lie close together at once.
  ///
  /// - Parameters:
  ///   - wanted: ascending rows.
  ///   - places: the places in `wanted` of those to read; nil: all.
  ///   - slot: where in `vectors` the row of a place goes.
  /// - Returns: how many cannot be used.
  func gather(
    _ wanted: [Int], _ places: Range<Int>? = nil, into vectors: VectorBlock,
    slot: (_ place: Int) -> Int = { $0 }
  ) throws(WinnowError) -> Int {
    let places = places ?? wanted.indices
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
      let bytes = try read(run)
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

  /// The same of candidates.
  ///
  /// - Throws: ``WinnowError`` also when one cannot be used: its shard is not what the scan saw.
  func gatherCandidates(
    _ wanted: [Int], _ places: Range<Int>? = nil, into vectors: VectorBlock,
    slot: (_ place: Int) -> Int = { $0 }
  ) throws(WinnowError) {
    guard try gather(wanted, places, into: vectors, slot: slot) > 0 else { return }
    let first = wanted[places?.lowerBound ?? 0]
    throw changedInput(blocks.dataset.shards[blocks.shard(of: first)].path)
  }
}

/// The error of an input that differs from what the scan saw.
func changedInput(_ path: String = "input") -> WinnowError {
  .invalid("\(path): it changed while it was read; build again")
}
