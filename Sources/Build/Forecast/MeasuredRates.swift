// A short measurement of this machine on the rows of the inputs.

import Clustering
import Foundations
import Ingest
import Storage

/// What one thread of this machine does in a second with rows of the inputs.
struct MeasuredRates {
  /// Bytes read, hashed and checked.
  var scan = 1e9
  /// Rows read and widened, or quantised.
  var rows = 1e6
  /// Rows times centroids in the search for the nearest.
  var pairs = 1e9
  /// Canonical dot products.
  var dots = 1e8

  /// Threads that share the work.
  let cores: Double

  init(_ plan: BuildPlan) throws(WinnowError) {
    cores = Double(max(1, plan.parameters.threads))
    let dataset = plan.dataset
    guard
      let shard = dataset.shards.indices.first(where: {
        dataset.shards[$0].rows > 0 && !dataset.shards[$0].needsConversion
      })
    else {
      // Nothing can be read yet: typical rates.
      return
    }
    let blocks = RowBlocks(dataset)
    let instructions = plan.parameters.instructions
    let buffer = BlockBuffer(blocks, instructions)
    let own = blocks.blocks(of: shard)
    func seconds(_ body: () throws(WinnowError) -> Void) throws(WinnowError) -> Double {
      let start = ContinuousClock.now
      try body()
      return max(1e-6, (ContinuousClock.now - start) / .seconds(1))
    }
    let some = own.prefix(16)
    var read = 0
    let scanTime = try seconds { () throws(WinnowError) in
      var digest = Digest()
      for block in some {
        try buffer.load(blocks.blocks[block]) { _, _ in }
        digest.update(buffer.loaded(blocks.blocks[block]))
        read += blocks.blocks[block].rows.count
      }
      _ = digest.words()
    }
    scan = Double(read * dataset.shards[shard].bytesPerRow) / scanTime
    rows = Double(read) / scanTime
    // The last block's own rows stand for centroids.
    let block = blocks.blocks[some.last!]
    let (count, k) = (block.rows.count, min(512, plan.parameters.clusters))
    var components: [Float] = []
    for cluster in 0..<k {
      let vector = buffer.vectors.vector(cluster % count)
      components += vector.contains { $0 != 0 } ? vector : vector.map { _ in 1 }
    }
    let centroids = Centroids(
      components: components, count: k, dimensions: dataset.dimensions, instructions: instructions)
    func search() {
      centroids.assign(
        buffer.vectors, count: count, nearest: buffer.nearest, distances: buffer.distances,
        scratch: buffer.scratch)
    }
    search()
    let searchTime = try seconds { () throws(WinnowError) in search() }
    pairs = Double(count * k) / searchTime
    let few = min(64, count)
    let dotTime = try seconds { () throws(WinnowError) in
      for row in 0..<few {
        for cluster in 0..<min(k, 64) { _ = centroids.cosine(row % k, cluster) }
      }
    }
    dots = Double(few * min(k, 64)) / dotTime
  }

  /// Threads that are of use for so many tasks.
  func threads(_ tasks: Int) -> Double { min(cores, Double(tasks)) }
}
