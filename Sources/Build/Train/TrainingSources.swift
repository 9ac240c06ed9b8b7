// Where the rounds of k-means find their rows: in memory, or, for `--training-rows all`, in the
// shards, again in every round.

import Clustering
import Foundations
import Pruning
import Tasks

/// Training rows that a seed can be chosen among.
protocol TrainingSource: VectorSource where Failure == WinnowError {
  /// The `limit` rows of smallest hash, as numbers below `count`, ascending.
  func smallest(_ limit: Int) throws(WinnowError) -> [Int]
}

/// Vectors in memory.
struct RowsInMemory: TrainingSource {
  let vectors: VectorBlock
  /// The data set's number of every row, ascending.
  let numbers: [Int]
  let seed: UInt64

  var count: Int { vectors.capacity }
  var all: VectorBlock? { vectors }
  var dimensions: Int { vectors.dimensions }

  func load(_ rows: [Int], into block: VectorBlock, worker: Int) throws(WinnowError) {
    vectors.load(rows, into: block, worker: worker)
  }

  func smallest(_ limit: Int) throws(WinnowError) -> [Int] {
    var smallest = SmallestHashes(limit: limit)
    for (slot, row) in numbers.enumerated() {
      smallest.offer(splitmix64(seed: seed, row: UInt64(row)), row: UInt64(slot))
    }
    return smallest.rows()
  }
}

/// All candidates, read whenever a round asks for them.
final class StreamedRows: TrainingSource, @unchecked Sendable {
  // Sound: a worker's buffer is used by one thread at a time, and nothing else changes.
  let count: Int
  let dimensions: Int
  /// The data set's number of every candidate; nil where all rows are candidates.
  private let numbers: [Int]?
  private let job: BuildJob
  private let seed: UInt64
  private let candidates: CandidateSet
  private let run: StageRun
  private let buffers: [BlockBuffer]

  init(_ job: BuildJob, _ candidates: CandidateSet, _ plan: TrainingPlan, _ run: StageRun) {
    count = candidates.count
    dimensions = job.dataset.dimensions
    self.job = job
    self.candidates = candidates
    seed = plan.seed
    self.run = run
    numbers = candidates.members.map { members in
      var numbers: [Int] = []
      numbers.reserveCapacity(candidates.count)
      for row in members { numbers.append(row) }
      return numbers
    }
    buffers = (0..<job.threads).map { _ in BlockBuffer(job) }
  }

  func load(_ rows: [Int], into block: VectorBlock, worker: Int) throws(WinnowError) {
    if run.isCancelled() { throw .interrupted }
    if rows.isEmpty { return }
    let wanted = rows.map { numbers?[$0] ?? $0 }
    let shards = job.blocks.shard(of: wanted.first!)...job.blocks.shard(of: wanted.last!)
    try job.shards.reading(shards) { () throws(WinnowError) in
      try buffers[worker].gatherCandidates(wanted, into: block)
    }
  }

  func smallest(_ limit: Int) throws(WinnowError) -> [Int] {
    let found = try trainingRows(
      candidates, rows: candidates.rows, limit: limit, seed: seed,
      threads: job.threads, isCancelled: run.isCancelled)
    guard let numbers else { return found }
    return found.map { row in firstPlace(in: numbers.indices) { numbers[$0] >= row } }
  }
}

/// k rows to begin with, chosen among the 16 k of smallest hash.
///
/// - Throws: ``WinnowError/interrupted`` when it was cancelled.
func chooseInitial<Source: TrainingSource>(
  _ rows: Source, _ plan: TrainingPlan, _ job: BuildJob, _ run: StageRun
) throws(WinnowError) -> [Int] {
  let subset = try rows.smallest(16 * plan.clusters)
  let chosenFrom = VectorBlock(capacity: subset.count, dimensions: rows.dimensions)
  let part = VectorBlock(capacity: min(256, subset.count), dimensions: rows.dimensions)
  for start in stride(from: 0, to: subset.count, by: part.capacity) {
    if run.isCancelled() { throw .interrupted }
    let places = start..<min(start + part.capacity, subset.count)
    try rows.load(Array(subset[places]), into: part, worker: 0)
    for place in places { chosenFrom.copy(place - start, of: part, to: place) }
  }
  // A sequence of its own: the hashes of rows decided the subset already.
  let seed = splitmix64(seed: plan.seed, row: .max)
  let chosen = chooseInitialRows(
    chosenFrom, count: plan.clusters, trials: 4, threads: job.threads,
    instructions: job.instructions, random: { splitmix64(seed: seed, row: UInt64($0)) },
    shouldStop: run.isCancelled)
  guard let chosen else { throw .interrupted }
  return chosen.map { subset[$0] }
}
