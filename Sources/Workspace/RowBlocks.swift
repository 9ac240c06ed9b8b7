// The rows of a data set, cut into blocks that are read, widened and worked on as one.

import Clustering
import Ingest
import Storage
import Synchronization

/// A run of rows of one shard.
struct RowBlock: Sendable {
  let shard: Int
  /// Rows within the shard.
  let rows: Range<Int>
  /// The data set's row number of the first one.
  let firstRow: Int
}

/// All blocks of a data set, with a reader for every shard.
struct RowBlocks: Sendable {
  let dataset: Dataset
  let readers: [ShardReader]
  /// The data set's number of every shard's first row.
  let firstRows: [Int]
  let blocks: [RowBlock]
  /// Rows of a block at most.
  let blockRows: Int

  /// - Parameter blockBytes: about how many bytes of a shard a block shall have.
  init(_ dataset: Dataset, blockBytes: Int = 2 << 20) throws(WorkspaceError) {
    self.dataset = dataset
    var readers: [ShardReader] = []
    var firstRows: [Int] = []
    var blocks: [RowBlock] = []
    let widest = dataset.shards.map(\.bytesPerRow).max() ?? 1
    let blockRows = max(64, blockBytes / widest)
    var firstRow = 0
    for (number, shard) in dataset.shards.enumerated() {
      do throws(IngestError) { readers.append(try ShardReader(shard)) } catch {
        throw .ingest(error)
      }
      firstRows.append(firstRow)
      for start in stride(from: 0, to: shard.rows, by: blockRows) {
        let rows = start..<min(start + blockRows, shard.rows)
        blocks.append(RowBlock(shard: number, rows: rows, firstRow: firstRow + start))
      }
      firstRow += shard.rows
    }
    self.readers = readers
    self.firstRows = firstRows
    self.blocks = blocks
    self.blockRows = blockRows
  }

  var maximumBytes: Int { blockRows * (dataset.shards.map(\.bytesPerRow).max() ?? 1) }
}

/// One thread's buffers: bytes as they are on disk and vectors as the kernels take them.
final class BlockBuffer: @unchecked Sendable {
  // Sound: one worker uses it at a time.
  let bytes: UnsafeMutableRawBufferPointer
  let vectors: VectorBlock
  let nearest: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Float>
  let scratch = AssignmentScratch()

  init(_ blocks: RowBlocks) {
    bytes = .allocate(byteCount: max(1, blocks.maximumBytes), alignment: 64)
    vectors = VectorBlock(capacity: blocks.blockRows, dimensions: blocks.dataset.dimensions)
    nearest = .allocate(capacity: blocks.blockRows)
    distances = .allocate(capacity: blocks.blockRows)
  }

  deinit {
    bytes.deallocate()
    nearest.deallocate()
    distances.deallocate()
  }

  /// Reads and widens a block.
  ///
  /// - Parameter faulty: told the row within the block of every vector that cannot be used.
  func load(
    _ block: RowBlock, of blocks: RowBlocks, instructions: InstructionSet,
    faulty: (Int, RowFault) -> Void
  ) throws(WorkspaceError) {
    let reader = blocks.readers[block.shard]
    do throws(IngestError) { try reader.read(rows: block.rows, into: bytes) } catch {
      throw .ingest(error)
    }
    vectors.load(
      UnsafeRawBufferPointer(bytes), element: reader.shard.element, count: block.rows.count,
      instructions: instructions, faulty: faulty)
  }
}
