import Clustering
import Foundations
import Ingest
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
