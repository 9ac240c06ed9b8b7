import Clustering
import Foundations

/// The rows of a fine cluster, read from the shards whenever they are asked for.
struct FineRows: TrainingRows {
  /// Rows of the data set in the order in which they are taken.
  let rows: [Int]
  let blocks: RowBlocks
  let buffer: BlockBuffer
  let instructions: InstructionSet
  let isCancelled: @Sendable () -> Bool

  var count: Int { rows.count }
  var dimensions: Int { blocks.dataset.dimensions }

  func load(_ places: [Int], into block: VectorBlock, worker: Int) throws(WinnowError) {
    // In the order of the shards, so that what lies close together is read at once.
    let slots = places.indices.map { (row: rows[places[$0]], slot: $0) }
      .sorted { $0.row < $1.row }
    let wanted = slots.map(\.row)
    let piece = 4096
    for start in stride(from: 0, to: wanted.count, by: piece) {
      if isCancelled() { throw .interrupted }
      let faulty = try gatherRows(
        blocks, wanted, start..<min(start + piece, wanted.count), into: block, buffer, instructions
      ) { slots[$0].slot }
      guard faulty == 0 else {
        throw changedInput(blocks, shard: blocks.shard(of: wanted[start]))
      }
    }
  }
}
