// The stages of key_order.npy: runs of sorted keys, how they are cut, the parts, and the whole.  They
// stand directly behind the metadata: a pool with a doubled uid is refused before any vector is read.

import Foundations
import Storage
import Tasks
import Workspace

extension StageName {
  package static let keyRuns = StageName("key-runs")
  package static let keyCut = StageName("key-cut")
  package static let keyParts = StageName("key-parts")
  package static let keys = StageName("keys")
}

extension BuildJob {
  /// How the keys are brought into their order; nil where rows have none.
  fileprivate func keyOrder() throws(WinnowError) -> KeyOrder? {
    guard let kind = try metadata().columns.keyKind else { return nil }
    return KeyOrder(folder: folder, kind: kind, rows: dataset.rows, share: shape.sortShare)
  }

  fileprivate func keyPartPaths() throws(WinnowError) -> KeyParts? {
    try keyOrder()?.parts(
      of: paths(of: .keyRuns), starts: graph.value(of: KeyCutStage()))
  }

  /// Bytes of all keys while they are sorted, about.
  fileprivate var keyBytes: Int { metadataFiles.bytes / 4 + KeyBytes.bytesPerKey * dataset.rows }

  fileprivate var keyTasks: Int {
    let limit = min(shape.sortShare, max(32 << 20, keyBytes / 2048))
    return shape.rowShares(max(1, keyBytes / max(1, limit) + 1)).count
  }
}

/// Runs, cut and parts, which follow from the same.
protocol KeyOrderStage: BuildStage {}

extension KeyOrderStage {
  var step: StageName { .metadata }
  var resultsDependOnEarlierStages: Bool { true }
  func follows(_ job: BuildJob) -> [StageName] { [.metadata] }
  func parameters(_ job: BuildJob) throws(WinnowError) -> [String: String] {
    ["the size of parts": "\(try job.keyOrder()?.limit ?? 0) bytes"]
  }
}

struct KeyRunsStage: KeyOrderStage {
  let name = StageName.keyRuns
  let resultPrefix = "part"

  func after(_ job: BuildJob) -> [StageName] { [.metadata] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    (try job.keyOrder()?.runs() ?? []).indices.map { "part-\($0)" }
  }
  func shares(_ job: BuildJob, results: Int) -> TaskShares { job.shape.rowShares(results) }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { HeaderSeal.isWhole(path) }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: job.keyTasks, isExact: false, bytes: 2 * (job.keyBytes / 2))
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let order = try job.keyOrder() else { return }
    let runs = try order.runs()
    try run.inParallel(tasks) { (_, number) throws(WinnowError) in
      try order.write(run: runs[number], to: run.paths[number])
    }
  }
}

struct KeyCutStage: SingleStage, KeyOrderStage {
  let name = StageName.keyCut

  func after(_ job: BuildJob) -> [StageName] { [.keyRuns] }
  func bytes(_ job: BuildJob) -> Int { 1 << 20 }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> [KeyParts.Start] {
    try job.keyOrder()?.parts(of: job.paths(of: .keyRuns)).starts ?? []
  }
}

struct KeyPartsStage: KeyOrderStage {
  let name = StageName.keyParts
  let resultPrefix = "part"

  func after(_ job: BuildJob) -> [StageName] { [.keyCut] }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    try job.graph.value(of: KeyCutStage()).indices.map { "part-\($0)" }
  }
  func shares(_ job: BuildJob, results: Int) -> TaskShares { job.shape.rowShares(results) }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { HeaderSeal.isWhole(path) }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(
      tasks: job.keyTasks, isExact: false,
      bytes: job.keyBytes / 2 + MemberParts.rowBytes(job.shape.rows) * job.shape.rows)
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let order = try job.keyOrder(), let parts = try job.keyPartPaths() else { return }
    try run.inParallel(tasks) { (_, part) throws(WinnowError) in
      try order.write(part, of: parts, to: run.paths[part])
    }
  }
}

struct KeysStage: SingleStage, BuildStage {
  let name = StageName.keys
  let step = StageName.metadata

  func after(_ job: BuildJob) -> [StageName] { [.keyParts] }
  func consumes(_ job: BuildJob) -> [StageName] { [.keyRuns, .keyCut, .keyParts] }
  func follows(_ job: BuildJob) -> [StageName] { [.metadata] }

  private func orderBytes(_ job: BuildJob) -> Int {
    MemberParts.rowBytes(job.shape.rows) * job.shape.rows
  }
  func bytes(_ job: BuildJob) -> Int { 2 * orderBytes(job) }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(tasks: 1, disk: orderBytes(job), seconds: Double(job.shape.rows) / 2e6)
  }

  func make(_ job: BuildJob, _ run: StageRun) throws(WinnowError) -> RepeatedKeys {
    guard let order = try job.keyOrder(), let parts = try job.keyPartPaths() else {
      return RepeatedKeys()
    }
    let (seal, repeated) = try order.join(
      job.paths(of: .keyParts), of: parts, isCancelled: run.isCancelled)
    run.files.record("key_order.npy", seal)
    return repeated
  }

  /// Refuses a DataComp pool in which two rows have one uid: a list of uids that means two rows means
  /// something else than it says.  Other inputs may have such keys.
  ///
  /// - Throws: ``WinnowError`` that names both places of the first one.
  func conclude(_ job: BuildJob) throws(WinnowError) {
    let repeated = try job.graph.value(of: self)
    guard repeated.count > 0, let kind = try job.metadata().columns.keyKind else { return }
    let rows = "\(repeated.count) row\(repeated.count == 1 ? " has" : "s have")"
    let text = "\(rows) the same key as an earlier row"
    guard job.dataset.inputs.contains(where: { $0.layout == .datacomp }),
      !job.parameters.allowDuplicates
    else { return job.graph.tell("keys: \(text)") }
    let keys = try KeyColumn(folder: job.path("keys"), kind: kind, rows: job.dataset.rows)
    let places = repeated.first.map { row in
      let shard = job.blocks.shard(of: row)
      let path = job.dataset.shards[shard].metadata?.path ?? job.dataset.shards[shard].path
      return "\(path), row \(row - job.dataset.firstRows[shard])"
    }
    throw .invalid(
      "\(places[1]): expected unique keys, found \(visible(try keys.text(repeated.first[1]))), "
        + "which is also in \(places[0]) (\(text)); remove the rows, or keep and count them with "
        + "--allow-duplicates")
  }
}

/// A key for a message: quoted, without control characters, at most 80 characters.
private func visible(_ key: String) -> String {
  let visible = key.prefix(80).map { character in
    character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? "?" : character
  }
  return "'\(String(visible))\(key.count > 80 ? "…" : "")'"
}
