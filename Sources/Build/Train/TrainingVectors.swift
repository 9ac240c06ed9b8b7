// The vectors that k-means sees, read into memory.

import Clustering
import Foundations
import Ingest
import Pruning
import Storage
import Synchronization

/// The vectors of the training rows and their numbers, ascending.
func readTrainingRows(
  _ blocks: RowBlocks, _ scanning: Scanning, _ watch: InputWatch, _ parameters: BuildParameters,
  _ observer: BuildObserver
) throws(WinnowError) -> (VectorBlock, [Int]) {
  let (dataset, dimensions) = (blocks.dataset, blocks.dataset.dimensions)
  func choose(_ limit: Int, _ candidates: CandidateSet?) throws(WinnowError) -> [Int] {
    try trainingRows(
      candidates, rows: dataset.rows, limit: limit, seed: parameters.seed,
      threads: parameters.threads, isCancelled: observer.isCancelled)
  }
  if !scanning.isOver, let limit = parameters.trainingLimit, limit < dataset.rows {
    // The rows of smallest hashes among all are those among the usable ones if all can be used.
    let wanted = try choose(limit, nil)
    let rows = VectorBlock(capacity: wanted.count, dimensions: dimensions)
    if try gather(blocks, wanted, watch, into: rows, parameters, observer) { return (rows, wanted) }
  }
  let candidates = try scanning.result().candidates
  let wanted = try choose(min(parameters.trainingLimit ?? .max, candidates.count), candidates)
  let rows = VectorBlock(capacity: wanted.count, dimensions: dimensions)
  guard try gather(blocks, wanted, watch, into: rows, parameters, observer) else {
    throw changedInput(blocks, shard: nil)
  }
  return (rows, wanted)
}

/// Reads the wanted rows into `vectors`; returns whether all of them can be used.
private func gather(
  _ blocks: RowBlocks, _ wanted: [Int], _ watch: InputWatch, into vectors: VectorBlock,
  _ parameters: BuildParameters, _ observer: BuildObserver
) throws(WinnowError) -> Bool {
  let chunk = 4096
  let workers = max(1, parameters.threads)
  let buffers = (0..<workers).map { _ in BlockBuffer(blocks) }
  let faulty = Atomic<Int>(0)
  try parallel(tasks: (wanted.count + chunk - 1) / chunk, threads: workers) {
    (worker, task) throws(WinnowError) in
    if faulty.load(ordering: .relaxed) > 0 { return }
    if observer.isCancelled() { throw .interrupted }
    let places = task * chunk..<min(wanted.count, (task + 1) * chunk)
    let shards =
      blocks.shard(
        of: wanted[places.lowerBound])...blocks.shard(
        of: wanted[places.upperBound - 1])
    let found = try watch.reading(shards) { () throws(WinnowError) in
      // Sound: each task writes its own slots.
      try gatherRows(
        blocks, wanted, places, into: vectors, at: places.lowerBound, buffers[worker], parameters)
    }
    faulty.add(found, ordering: .relaxed)
  }
  return faulty.load(ordering: .relaxed) == 0
}

/// Reads the wanted rows of some places, those that lie close together at once; the first place goes to
/// `slot`. Returns how many cannot be used.
func gatherRows(
  _ blocks: RowBlocks, _ wanted: [Int], _ places: Range<Int>, into vectors: VectorBlock,
  at slot: Int, _ buffer: BlockBuffer, _ parameters: BuildParameters
) throws(WinnowError) -> Int {
  try gatherRows(blocks, wanted, places, into: vectors, buffer, parameters.instructions) {
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
