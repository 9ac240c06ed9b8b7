// Where the rounds of k-means find their rows: in memory, or, for `--training-rows all`, in the
// shards, again in every round.

import Clustering
import Foundations
import Ingest
import Pruning
import Synchronization
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

// The rows that k-means sees: the candidates of the smallest hashes.  That needs row numbers and which
// of them are candidates, no embeddings, so another seed or number of rows costs no second scan.
//
// One pass counts hashes by their upper bits, which finds the bucket in which the last wanted hash
// lies; a second one keeps what lies below it.  So memory is that of the result.

/// The `limit` rows of smallest `splitmix64(seed, row)` (ties: the lower row), ascending; all
/// candidates when there are no more.
///
/// - Parameter candidates: the rows to choose among; nil for all of `rows`.
/// - Complexity: O(rows) time, O(limit) memory and 512 KiB a thread.
func trainingRows(
  _ candidates: CandidateSet?, rows: Int, limit: Int, seed: UInt64, threads: Int,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> [Int] {
  let size = 1 << 20
  let chunks = stride(from: 0, to: rows, by: size).map { $0..<min(rows, $0 + size) }
  let bits = 16
  let counts = Mutex([Int](repeating: 0, count: 1 << bits))
  try parallel(tasks: chunks.count, threads: threads, isCancelled: isCancelled) {
    (_, task) throws(WinnowError) in
    var own = [Int](repeating: 0, count: 1 << bits)
    forEachHash(chunks[task], candidates, seed) { _, hash in
      own[Int(truncatingIfNeeded: hash >> UInt64(64 - bits))] &+= 1
    }
    counts.withLock { counts in
      for bucket in own.indices { counts[bucket] += own[bucket] }
    }
  }
  // Everything below the last bucket is wanted, and some of the last.
  let (last, rest) = counts.withLock { $0.bucket(ofRank: limit) }
  let bound = UInt64(last)
  let found = Mutex(
    [(rows: [Int], edge: [(hash: UInt64, row: Int)])?](
      repeating: nil, count: chunks.count))
  try parallel(tasks: chunks.count, threads: threads, isCancelled: isCancelled) {
    (_, task) throws(WinnowError) in
    var rows: [Int] = []
    var edge: [(hash: UInt64, row: Int)] = []
    forEachHash(chunks[task], candidates, seed) { row, hash in
      let bucket = hash >> UInt64(64 - bits)
      if bucket < bound { rows.append(row) } else if bucket == bound { edge.append((hash, row)) }
    }
    let own = (rows, edge)
    found.withLock { $0[task] = own }
  }
  let parts = found.withLock { $0 }
  var edge = parts.flatMap { $0!.edge }
  edge.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.row < $1.row }
  var rows = parts.flatMap { $0!.rows }
  rows += edge.prefix(rest).map(\.row)
  // Ascending already but for those of the last bucket.
  rows.sort()
  return rows
}

/// Calls `body` with the number and the hash of every candidate of a chunk.
@inline(__always)
private func forEachHash(
  _ chunk: Range<Int>, _ candidates: CandidateSet?, _ seed: UInt64,
  _ body: (_ row: Int, _ hash: UInt64) -> Void
) {
  guard let candidates else {
    for row in chunk { body(row, splitmix64(seed: seed, row: UInt64(row))) }
    return
  }
  candidates.forEach(in: chunk) { body($0, splitmix64(seed: seed, row: UInt64($0))) }
}

// The vectors that k-means sees, read into memory.

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
