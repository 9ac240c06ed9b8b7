// The first pass over the embeddings: every shard's digest and the rows that cannot be used.  It
// depends on the shards alone, so no other parameter makes it run again.
//
// A digest is sequential, so a shard is one task; what other threads do meanwhile, see Scanning.

import Clustering
import FoundationEssentials
import Foundations
import Ingest
import Pruning
import Storage

/// What one shard gave: the result of a task of the scan.
struct ShardScan: Codable, Sendable {
  /// A row that cannot be used, and why.
  struct InvalidRow: Codable, Sendable {
    var row: Int
    var fault: String
  }

  var rows: Int
  /// SHA-256 of the whole file.
  var digest = ""
  /// How many rows have each fault.
  var faults: [String: Int] = [:]
  /// The first ten of them.
  var first: [InvalidRow] = []
  /// All rows that cannot be used, ascending; nil where there are none.
  var invalid: [Int]?

  /// Adds rows that follow those so far.
  fileprivate mutating func add(_ found: [(row: Int, fault: RowFault)]) {
    if found.isEmpty { return }
    for (row, fault) in found {
      faults[fault.text, default: 0] += 1
      if first.count < 10 { first.append(InvalidRow(row: row, fault: fault.text)) }
    }
    if invalid == nil { invalid = [] }
    invalid!.append(contentsOf: found.lazy.map(\.row))
  }
}

/// What the scan found.
struct ScanResult: Sendable {
  /// SHA-256 of every shard, in order.
  var digests: [String]
  /// The rows that can be used, and later those of them that no other filter dropped.
  var candidates: CandidateSet
}

/// Opens the stage; its tasks are the shards.
func openScan(
  _ blocks: RowBlocks, _ watch: InputWatch, _ stages: BuildStages, key: StageKey
) throws(WinnowError) -> Stage {
  let shards = blocks.dataset.shards
  return try stages.open(
    "scan", key: key,
    results: shards.indices.map { "shard-\($0).json" },
    shares: .shards(shards.count, bytes: blocks.dataset.embeddingBytes), inputNames: watch.paths,
    taskPerInput: true, isWhole: { SealedFile.read(json: ShardScan.self, $0) != nil })
}

/// - Parameter lent: threads that ``ThreadBudget`` has lent to this scan.
func scan(
  _ blocks: RowBlocks, _ watch: InputWatch, _ stage: Stage, lent: Int, parameters: BuildParameters,
  observer: BuildObserver
) throws(WinnowError) -> ScanResult {
  let shards = blocks.dataset.shards
  let before = shards.indices.reduce(0) { $0 + (stage.wasDone($1) ? shards[$1].rows : 0) }
  let meter = RowMeter(.scan, total: blocks.dataset.rows, observer)
  meter.add(before)
  let finished = { @Sendable shard in meter.add(shards[shard].rows) }
  try stage.run(
    threads: parameters.threads + lent, isCancelled: observer.isCancelled, finished: finished
  ) { (_, shard) throws(WinnowError) in
    let scanner = ShardScanner(
      shard: shard, blocks: blocks, instructions: parameters.instructions,
      isCancelled: observer.isCancelled,
      progress: { meter.add($0) })
    let result = try watch.reading([shard]) { () throws(WinnowError) in try scanner.run() }
    try SealedFile.write(json: result, to: stage.paths[shard])
  }
  return try gathered(stage, blocks, parameters)
}

/// One shard's task.
private struct ShardScanner: Sendable {
  let shard: Int
  let blocks: RowBlocks
  let instructions: InstructionSet
  let isCancelled: @Sendable () -> Bool
  let progress: @Sendable (_ rows: Int) -> Void

  func run() throws(WinnowError) -> ShardScan {
    var result = ShardScan(rows: blocks.dataset.shards[shard].rows)
    let own = blocks.blocks(of: shard)
    let buffer = BlockBuffer(blocks)
    let input = blocks.dataset.shards[shard]
    var hash = InputHash(input)
    if !input.isConverted { try hash.update(of: input.path, 0..<input.dataOffset) }
    for block in own {
      result.add(try check(blocks.blocks[block], buffer))
      if !input.isConverted { hash.update(buffer.loaded(blocks.blocks[block], of: blocks)) }
      progress(blocks.blocks[block].rows.count)
    }
    result.digest = try hash.finish()
    return result
  }

  /// Reads a block and finds the rows of the shard that cannot be used.
  private func check(
    _ block: RowBlock, _ buffer: BlockBuffer
  ) throws(WinnowError) -> [(row: Int, fault: RowFault)] {
    if isCancelled() { throw .interrupted }
    var faulty: [(row: Int, fault: RowFault)] = []
    try buffer.load(block, of: blocks, instructions: instructions) { row, fault in
      faulty.append((block.rows.lowerBound + row, fault))
    }
    return faulty
  }
}

private func gathered(
  _ stage: Stage, _ blocks: RowBlocks, _ parameters: BuildParameters
) throws(WinnowError) -> ScanResult {
  let shards = blocks.dataset.shards
  func result(_ shard: Int) throws(WinnowError) -> ShardScan {
    let path = stage.paths[shard]
    guard let scan = SealedFile.read(json: ShardScan.self, path) else {
      throw damaged(path, "it was changed during the build")
    }
    return scan
  }
  var digests: [String] = []
  var faults: [String: Int] = [:]
  var named: [String] = []
  var hasInvalid = Set<Int>()
  for shard in shards.indices {
    let scan = try result(shard)
    digests.append(scan.digest)
    faults.merge(scan.faults, uniquingKeysWith: +)
    if scan.invalid != nil { hasInvalid.insert(shard) }
    for row in scan.first.prefix(10 - named.count) {
      named.append("\(shards[shard].path) row \(row.row) (\(row.fault))")
    }
  }
  let total = blocks.dataset.rows
  let invalid = faults.values.reduce(0, +)
  if invalid > 0 && !parameters.skipInvalid {
    let kinds = [RowFault.notANumber, .infinite, .zero].compactMap { fault in
      faults[fault.text].map { "\($0) \(fault.text)" }
    }
    let more =
      invalid > named.count ? ", and \(invalid - named.count) more" : ""
    throw .invalid(
      "\(invalid) of \(total) rows cannot be used (\(kinds.joined(separator: ", "))): "
        + named.joined(separator: ", ") + more + "; drop them with --skip-invalid")
  }
  return ScanResult(
    digests: digests,
    candidates: try CandidateSet(firstRows: blocks.dataset.firstRows, invalidCount: invalid) {
      (shard) throws(WinnowError) in
      hasInvalid.contains(shard) ? try result(shard).invalid ?? [] : []
    })
}
