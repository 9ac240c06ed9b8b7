// The rows of a data set, cut into blocks that are read, widened and worked on as one.

import Clustering
import Foundations
import Ingest

/// A run of rows of one shard.
struct RowBlock: Sendable {
  let shard: Int
  /// Rows within the shard.
  let rows: Range<Int>
  /// The data set's row number of the first one.
  let firstRow: Int
}

struct RowBlocks: Sendable {
  let dataset: Dataset
  let blocks: [RowBlock]
  /// Rows of a block at most.
  let blockRows: Int
  /// Runs of blocks of about as many rows as a result of an assignment shall have; they depend on the
  /// rows only.
  let runs: [Range<Int>]

  /// About how many bytes of a shard a block shall have.
  private static let blockBytes = 1 << 19

  init(_ dataset: Dataset) {
    self.dataset = dataset
    var blocks: [RowBlock] = []
    let widest = dataset.shards.map(\.bytesPerRow).max() ?? 1
    // Narrow rows make many to a block; work is still to be shared evenly.
    let blockRows = min(8192, max(64, Self.blockBytes / widest))
    var firstRow = 0
    for (number, shard) in dataset.shards.enumerated() {
      for start in stride(from: 0, to: shard.rows, by: blockRows) {
        let rows = start..<min(start + blockRows, shard.rows)
        blocks.append(RowBlock(shard: number, rows: rows, firstRow: firstRow + start))
      }
      firstRow += shard.rows
    }
    self.blocks = blocks
    self.blockRows = blockRows
    let wanted = AssignedRunWriter.rowsPerRun(dataset.rows)
    var runs: [Range<Int>] = []
    var (start, rows) = (0, 0)
    for (number, block) in blocks.enumerated() {
      if rows > 0, rows + block.rows.count > wanted {
        runs.append(start..<number)
        (start, rows) = (number, 0)
      }
      rows += block.rows.count
    }
    if rows > 0 { runs.append(start..<blocks.count) }
    self.runs = runs
  }

  func blocks(of shard: Int) -> Range<Int> {
    let low = firstPlace(in: blocks.indices) { blocks[$0].shard >= shard }
    let rows = dataset.shards[shard].rows
    return low..<low + (rows + blockRows - 1) / blockRows
  }

  /// The shard that holds a row of the data set.
  func shard(of row: Int) -> Int {
    firstPlace(in: dataset.shards.indices) { dataset.firstRows[$0 + 1] > row }
  }

  var maximumBytes: Int { blockRows * (dataset.shards.map(\.bytesPerRow).max() ?? 1) }
}

/// One thread's buffers: bytes as they are on disk and vectors as the kernels take them.
///
/// It keeps the shard that it read last open, and only that: a data set may have more shards than
/// a process may have open files.
final class BlockBuffer: @unchecked Sendable {
  // Sound: one worker uses it at a time.
  let blocks: RowBlocks
  let instructions: InstructionSet
  let bytes: UnsafeMutableRawBufferPointer
  let vectors: VectorBlock
  let nearest: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>
  let scratch = AssignmentScratch()
  private var reader: ShardReader?

  init(_ blocks: RowBlocks, _ instructions: InstructionSet) {
    self.blocks = blocks
    self.instructions = instructions
    bytes = .allocate(byteCount: max(1, blocks.maximumBytes), alignment: 64)
    vectors = VectorBlock(capacity: blocks.blockRows, dimensions: blocks.dataset.dimensions)
    nearest = .allocate(capacity: blocks.blockRows)
    distances = .allocate(capacity: blocks.blockRows)
  }

  convenience init(_ job: BuildJob) { self.init(job.blocks, job.instructions) }

  /// The bytes of a block that was just read.
  func loaded(_ block: RowBlock) -> UnsafeRawBufferPointer {
    let count = block.rows.count * blocks.dataset.shards[block.shard].bytesPerRow
    return UnsafeRawBufferPointer(rebasing: bytes[..<count])
  }

  deinit {
    bytes.deallocate()
    nearest.deallocate()
    distances.deallocate()
  }

  /// Reads and widens a block.
  ///
  /// - Parameter faulty: told the row within the block of every vector that cannot be used.
  func load(_ block: RowBlock, faulty: (Int, RowFault) -> Void) throws(WinnowError) {
    vectors.load(
      try read(block), element: blocks.dataset.shards[block.shard].element,
      count: block.rows.count, instructions: instructions, faulty: faulty)
  }

  /// Reads a block; its bytes are there until the next one.
  @discardableResult
  func read(_ block: RowBlock) throws(WinnowError) -> UnsafeRawBufferPointer {
    let shard = blocks.dataset.shards[block.shard]
    if reader?.shard != shard { reader = try ShardReader(shard) }
    try reader!.read(rows: block.rows, into: bytes)
    return loaded(block)
  }
}
