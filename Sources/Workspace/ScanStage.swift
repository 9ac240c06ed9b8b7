// The first pass over the embeddings: every shard's digest, the rows that cannot be used, and the
// rows that k-means will see.

import Clustering
import Ingest
import Pruning
import Storage
import Synchronization

/// What the scan found.
struct ScanResult: Sendable {
  /// SHA-256 of every shard, in order.
  var digests: [String]
  /// Rows that can be used.
  var candidates: Int
  /// Rows that cannot.
  var invalid: Int
  /// Training rows, ascending; nil when all candidates train.
  var trainingRows: [Int]?
}

/// A row that cannot be used, and why.
private struct InvalidRow: Sendable {
  let shard: Int
  let row: Int
  let fault: RowFault
}

/// What one shard gave.
private struct ShardScan: Sendable {
  var digest = ""
  var faults: [RowFault: Int] = [:]
  var firstInvalid: [InvalidRow] = []
}

/// - Parameter trainingLimit: how many rows shall train at most; nil for all.
func scan(
  _ blocks: RowBlocks, trainingLimit: Int?, parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) -> ScanResult {
  let total = blocks.dataset.rows
  let limit = trainingLimit.flatMap { $0 < total ? $0 : nil }
  let failure = FirstFailure()
  let done = Mutex(0)
  observer.progress(BuildProgress(stage: .scan, done: 0, total: total, unit: "rows"))
  let shards = blocks.dataset.shards
  let results = Mutex([ShardScan](repeating: ShardScan(), count: shards.count))
  // One for all shards: one for each would hold every row of a data set of many small shards.
  let smallest = Mutex(SmallestHashes(limit: limit ?? 0))
  let blocksOfShard = Dictionary(grouping: blocks.blocks, by: \.shard)
  // A digest is sequential, so a shard is one task.
  parallel(tasks: shards.count, threads: parameters.threads) { _, shard in
    let buffer = BlockBuffer(blocks)
    var result = ShardScan()
    var digest = Digest()
    do throws(WorkspaceError) {
      try hashHeader(shards[shard], &digest)
      for block in blocksOfShard[shard] ?? [] {
        if failure.hasFailed { return }
        if observer.isCancelled() { throw .interrupted }
        var invalid = Set<Int>()
        try buffer.load(block, of: blocks, instructions: parameters.instructions) { row, fault in
          invalid.insert(row)
          result.faults[fault, default: 0] += 1
          if result.firstInvalid.count < 10 {
            result.firstInvalid.append(
              InvalidRow(shard: shard, row: block.rows.lowerBound + row, fault: fault))
          }
        }
        digest.update(
          UnsafeRawBufferPointer(
            rebasing: buffer.bytes[
              ..<(block.rows.count * shards[shard].bytesPerRow)]))
        if let limit {
          var hashes = SmallestHashes(limit: limit, ceiling: smallest.withLock { $0.ceiling })
          for row in 0..<block.rows.count where invalid.isEmpty || !invalid.contains(row) {
            let number = UInt64(block.firstRow + row)
            hashes.offer(splitmix64(seed: parameters.seed, row: number), row: number)
          }
          let found = hashes
          smallest.withLock { $0.merge(found) }
        }
        done.withLock {
          $0 += block.rows.count
          observer.progress(BuildProgress(stage: .scan, done: $0, total: total, unit: "rows"))
        }
      }
      result.digest = digest.hex()
      results.withLock { $0[shard] = result }
    } catch {
      failure.record(error, task: shard)
    }
  }
  try failure.rethrow()
  var scanned = try gathered(results.withLock { $0 }, blocks, parameters)
  if limit != nil { scanned.trainingRows = smallest.withLock { $0.rows() } }
  return scanned
}

/// Adds the header of a shard's file to its digest.
private func hashHeader(
  _ shard: EmbeddingShard, _ digest: inout Digest
) throws(WorkspaceError) {
  let header = try storing { () throws(StorageError) in
    let file = try InputFile(shard.path)
    let space = UnsafeMutableRawBufferPointer.allocate(
      byteCount: shard.dataOffset, alignment: 16)
    defer { space.deallocate() }
    try file.readExactly(into: space, at: 0)
    return [UInt8](space)
  }
  digest.update(header)
}

private func gathered(
  _ shards: [ShardScan], _ blocks: RowBlocks, _ parameters: BuildParameters
) throws(WorkspaceError) -> ScanResult {
  var faults: [RowFault: Int] = [:]
  for shard in shards { faults.merge(shard.faults, uniquingKeysWith: +) }
  let invalid = faults.values.reduce(0, +)
  let total = blocks.dataset.rows
  if invalid > 0 && !parameters.skipInvalid {
    let kinds = [RowFault.notANumber, .infinite, .zero].compactMap { fault in
      faults[fault].map { "\($0) \(fault.text)" }
    }
    let named = shards.flatMap(\.firstInvalid).prefix(10).map {
      "\(blocks.dataset.shards[$0.shard].path) row \($0.row) (\($0.fault.text))"
    }
    let more = invalid > named.count ? ", and \(invalid - named.count) more" : ""
    throw .invalid(
      "\(invalid) of \(total) rows cannot be used (\(kinds.joined(separator: ", "))): "
        + named.joined(separator: ", ") + more + "; drop them with --skip-invalid")
  }
  return ScanResult(
    digests: shards.map(\.digest), candidates: total - invalid, invalid: invalid)
}
