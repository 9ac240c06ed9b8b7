// The first pass over the embeddings: every shard's digest and the rows that cannot be used.  It
// depends on the shards alone, so no other parameter makes it run again.
//
// A digest is sequential, so a shard is one task.  Where few shards leave threads without work, the
// training begins beside the scan: it needs nothing of it but the rows that cannot be used, and sees
// for itself whether one of its own is such a row.

import Clustering
import Foundations
import Ingest
import Storage
import Tasks

extension StageName { package static let scan = StageName("scan") }

struct ScanStage: BuildStage {
  let name = StageName.scan
  let hasResultPerInput = true
  let resultPrefix = "shard"

  func after(_ job: BuildJob) -> [StageName] { [.convert] }

  // A converted shard follows from its file, too.
  func follows(_ job: BuildJob) -> [StageName] { [] }
  func inputs(_ job: BuildJob) -> InputWatch? { job.shards }
  func parameters(_ job: BuildJob) -> [String: String] { job.dataset.readBy }

  func results(_ job: BuildJob) -> [String] {
    job.dataset.shards.indices.map { "shard-\($0).json" }
  }

  func shares(_ job: BuildJob, results: Int) -> TaskShares {
    TaskShares(results: results, work: job.shape.inputBytes, each: 1 << 29)
  }

  func isWhole(_ path: String, _ check: ResultCheck) -> Bool {
    SealedFile.read(json: ShardScan.self, path) != nil
  }

  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { job.dataset.shards.map(\.rows) }

  func memory(_ shape: BuildShape) -> Int? { shape.scanning }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(
      tasks: shares(job, results: job.shape.shards).count, bytes: job.shape.inputBytes)
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let (bytes, shards) = (job.shards.bytes, job.shape.shards)
    return StageForecast(
      tasks: shards, disk: 512 * shards, seconds: Double(bytes) / rates.scan / rates.threads(shards)
    )
  }

  /// What drops rows waits for the scan, a training does not.
  func mayOverlap(_ job: BuildJob) -> StageName? {
    job.plan.given == nil && job.candidateStage == .scan ? .train : nil
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    try run.inParallel(tasks) { (_, shard) throws(WinnowError) in
      let result = try job.shards.reading([shard]) { () throws(WinnowError) in
        try scan(shard, job, run)
      }
      try SealedFile.write(json: result, to: run.paths[shard])
    }
  }

  private func scan(
    _ shard: Int, _ job: BuildJob, _ run: StageRun
  ) throws(WinnowError) -> ShardScan {
    let blocks = job.blocks
    var result = ShardScan(rows: blocks.dataset.shards[shard].rows)
    let buffer = BlockBuffer(job)
    let input = blocks.dataset.shards[shard]
    var hash = InputHash(input)
    if !input.isConverted { try hash.update(of: input.path, 0..<input.dataOffset) }
    for block in blocks.blocks[blocks.blocks(of: shard)] {
      if run.isCancelled() { throw .interrupted }
      var faulty: [(row: Int, fault: RowFault)] = []
      try buffer.load(block) { row, fault in
        faulty.append((block.rows.lowerBound + row, fault))
      }
      result.add(faulty)
      if !input.isConverted { hash.update(buffer.loaded(block)) }
      run.progress(block.rows.count)
    }
    result.digest = try hash.finish()
    return result
  }

  /// Refuses rows that cannot be used, as the results of all shards tell.
  func conclude(_ job: BuildJob) throws(WinnowError) { _ = try job.scanResult() }
}

/// The digest of an input's file, taken while its rows are read anyway; and of a member of an
/// archive that is read in place, whether its bytes have the archive's checksum.
struct InputHash {
  private let shard: EmbeddingShard
  private var digest = Digest()
  private var checksum = CRC32()
  /// How far the file was given.
  private var offset = 0

  /// - Parameter shard: of a converted one nothing is to be given, its digest was taken before.
  init(_ shard: EmbeddingShard) { self.shard = shard }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    digest.update(bytes)
    if let wanted = shard.checksum {
      let part = wanted.bytes.clamped(to: offset..<offset + bytes.count)
      if !part.isEmpty {
        checksum.update(
          UnsafeRawBufferPointer(
            rebasing: bytes[part.lowerBound - offset..<part.upperBound - offset]))
      }
    }
    offset += bytes.count
  }

  mutating func update(of path: String, _ range: Range<Int>) throws(WinnowError) {
    if range.isEmpty { return }
    try InputFile(path).forEachBlock(range) { update($0) }
  }

  /// Takes the rest of the file.
  ///
  /// - Returns: its SHA-256.
  /// - Throws: ``WinnowError`` when the member has another checksum.
  mutating func finish() throws(WinnowError) -> String {
    if shard.isConverted { return try ConvertedShard.sourceDigest(shard.rowsPath) }
    let path = shard.path
    let size = try InputFile(path).size
    try update(of: path, offset..<max(offset, size))
    if let wanted = shard.checksum, checksum.value != wanted.crc32 {
      throw .checksum(path, shard.embeddingName ?? "")
    }
    return digest.hex()
  }
}

// Shards whose rows cannot be read at any place (deflated members of archives, Parquet columns of
// lists) are converted once, one task per shard, into a `.npy` file below stage/.  Everything after
// reads that; what is named, watched and digested stays the file that the user gave.

extension StageName { package static let convert = StageName("convert") }

struct ConvertStage: BuildStage {
  let name = StageName.convert
  let hasResultPerInput = true
  let resultPrefix = "shard"

  /// The shards that are converted, by their numbers.
  private func wanted(_ job: BuildJob) -> [Int] {
    job.dataset.shards.indices.filter { job.dataset.shards[$0].needsConversion }
  }

  func after(_ job: BuildJob) -> [StageName] { [] }

  func inputs(_ job: BuildJob) -> InputWatch? {
    let wanted = wanted(job)
    return InputWatch(
      wanted.map { job.shards.paths[$0] }, stamps: wanted.map { job.shards.stamps[$0] })
  }
  func parameters(_ job: BuildJob) -> [String: String] { job.dataset.readBy }
  func results(_ job: BuildJob) -> [String] { wanted(job).map(ConvertedShard.name) }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { ConvertedShard.isWhole(path) }
  func unit(_ job: BuildJob) -> String? { "rows" }
  func units(_ job: BuildJob) -> [Int] { wanted(job).map { job.dataset.shards[$0].rows } }

  func needs(_ job: BuildJob) -> TaskNeeds {
    TaskNeeds(threads: 1, memory: job.shape.single.scanning)
  }

  private func bytes(_ job: BuildJob) -> Int {
    wanted(job).reduce(0) { $0 + job.dataset.shards[$1].rows * job.dataset.shards[$1].bytesPerRow }
  }

  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: wanted(job).count, bytes: 2 * bytes(job))
  }

  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    let wanted = wanted(job)
    let seconds = wanted.reduce(0) { $0 + job.dataset.shards[$1].secondsToConvert }
    return StageForecast(
      tasks: wanted.count, disk: bytes(job), temporary: bytes(job),
      seconds: seconds / rates.threads(wanted.count))
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    let wanted = wanted(job)
    try run.inParallel(tasks) { (_, task) throws(WinnowError) in
      let shard = wanted[task]
      try job.shards.reading([shard]) { () throws(WinnowError) in
        try ConvertedShard.write(
          job.dataset.shards[shard], to: run.paths[task], job.parameters.ingest, run)
      }
    }
  }
}

extension EmbeddingShard {
  /// About what it takes to convert: zlib inflates 200 MB/s, and numbers pass through text at 6 million
  /// a second.
  fileprivate var secondsToConvert: Double {
    if case .listColumn = form { return Double(rows * dimensions) / 6e6 }
    return Double(rows * bytesPerRow) / 200e6
  }
}
