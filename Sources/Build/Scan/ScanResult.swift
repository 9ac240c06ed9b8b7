import Clustering
import Foundations
import Ingest
import Storage
import Tasks

/// What a task of the scan leaves about its shard.
struct ShardScan: Codable, Sendable {
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

  init(rows: Int) { self.rows = rows }

  mutating func add(_ faulty: [(row: Int, fault: RowFault)]) {
    if faulty.isEmpty { return }
    for (row, fault) in faulty {
      faults[fault.text, default: 0] += 1
      if first.count < 10 { first.append(InvalidRow(row: row, fault: fault.text)) }
    }
    if invalid == nil { invalid = [] }
    invalid!.append(contentsOf: faulty.lazy.map(\.row))
  }
}

struct ScanResult: Sendable {
  /// SHA-256 of every shard, in order.
  var digests: [String]
  /// The rows that can be used.
  var candidates: CandidateSet

  /// Brings together what the tasks left.
  ///
  /// - Throws: ``WinnowError`` when rows cannot be used and were not to be dropped, or too few are left.
  init(_ job: BuildJob) throws(WinnowError) {
    let (dataset, parameters) = (job.dataset, job.parameters)
    let paths = try job.paths(of: .scan)
    digests = []
    var faults: [String: Int] = [:]
    var named: [String] = []
    var hasInvalid = Set<Int>()
    for (shard, path) in paths.enumerated() {
      let scan = try SealedFile.require(json: ShardScan.self, path)
      digests.append(scan.digest)
      faults.merge(scan.faults, uniquingKeysWith: +)
      if scan.invalid != nil { hasInvalid.insert(shard) }
      for row in scan.first.prefix(10 - named.count) {
        named.append("\(dataset.shards[shard].path) row \(row.row) (\(row.fault))")
      }
    }
    let invalid = faults.values.reduce(0, +)
    if invalid > 0 && !parameters.skipInvalid {
      let kinds = [RowFault.notANumber, .infinite, .zero].compactMap { fault in
        faults[fault.text].map { "\($0) \(fault.text)" }
      }
      let more = invalid > named.count ? ", and \(invalid - named.count) more" : ""
      throw .invalid(
        "\(invalid) of \(dataset.rows) rows cannot be used (\(kinds.joined(separator: ", "))): "
          + named.joined(separator: ", ") + more + "; drop them with --skip-invalid")
    }
    candidates = try CandidateSet(firstRows: dataset.firstRows, invalidCount: invalid) {
      (shard) throws(WinnowError) in
      guard hasInvalid.contains(shard) else { return [] }
      return try SealedFile.require(json: ShardScan.self, paths[shard]).invalid ?? []
    }
    if job.plan.given == nil {
      try checkClusters(parameters.clusters, rows: candidates.count, "usable rows")
    }
    guard candidates.count > 0 else {
      throw .invalid(
        "\(parameters.inputs.joined(separator: ", ")): expected at least one usable row, found none"
      )
    }
  }
}

// The result of ConvertStage: a shard as a `.npy` file.  Behind the array stand the digest of the
// user's file, which the scan takes over, and a seal over all: readers of `.npy` do not look there.

enum ConvertedShard {
  static func name(_ shard: Int) -> String { "shard-\(shard).npy" }

  private static let digestBytes = 64

  static func write(
    _ shard: EmbeddingShard, to path: String, _ options: IngestOptions, _ run: StageRun
  ) throws(WinnowError) {
    var digest = Digest()
    var file = try StageFile(path)
    let header = NpyHeader.bytes(shard.element.npyType, shape: [shard.rows, shard.dimensions])
    digest.update(header)
    try file.write(elements: header)
    let rows = try ConvertedRows(shard, options)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, (1 << 20) / shard.bytesPerRow) * shard.bytesPerRow, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      if run.isCancelled() { throw .interrupted }
      let count = try rows.read(into: buffer)
      if count == 0 { break }
      let part = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      digest.update(part)
      try file.write(part)
      run.progress(count / shard.bytesPerRow)
    }
    let source = Array(try Digest.ofFile(shard.path).utf8)
    digest.update(source)
    try file.write(elements: source)
    try file.write(elements: Array("\n\(digest.hex())\n".utf8))
    try file.commit()
  }

  /// Whether a converted shard is as it was written.
  ///
  /// - Complexity: O(bytes): reading it is cheap beside converting again.
  static func isWhole(_ path: String) -> Bool {
    var digest = Digest()
    guard let file = try? InputFile(path), file.size >= digestBytes + SealedFile.sealBytes,
      let seal: [UInt8] = try? file.elements(
        SealedFile.sealBytes, at: file.size - SealedFile.sealBytes),
      (try? file.forEachBlock(0..<file.size - SealedFile.sealBytes) { digest.update($0) }) != nil
    else { return false }
    return seal.elementsEqual("\n\(digest.hex())\n".utf8)
  }

  /// The SHA-256 of the file that a shard was converted from.
  static func sourceDigest(_ path: String) throws(WinnowError) -> String {
    let file = try InputFile(path)
    let digits: [UInt8] = try file.elements(
      digestBytes, at: max(0, file.size - SealedFile.sealBytes - digestBytes))
    return String(decoding: digits, as: UTF8.self)
  }
}
