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

  /// What runs and parts follow from.
  fileprivate func keyPartSignature() throws(WinnowError) -> StageSignature {
    let limit = try keyOrder()?.limit ?? 0
    return try signature(
      parameters: ["the size of parts": "\(limit) bytes"], after: [.metadata])
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

struct KeyRunsStage: BuildStage {
  let name = StageName.keyRuns
  let step = StageName.metadata
  let resultPrefix = "part"
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.metadata] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.keyPartSignature()
  }
  func results(_ job: BuildJob) throws(WinnowError) -> [String] {
    (0..<(try job.keyOrder()?.runs().count ?? 0)).map { "part-\($0)" }
  }
  func shares(_ job: BuildJob, results: Int) -> TaskShares { job.shape.rowShares(results) }
  func isWhole(_ path: String, _ check: ResultCheck) -> Bool { HeaderSeal.isWhole(path) }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: job.keyTasks, isExact: false, bytes: 2 * (job.keyBytes / 2))
  }

  func perform(_ tasks: [Int], _ job: BuildJob, _ run: StageRun) throws(WinnowError) {
    guard let runs = try job.keyOrder()?.runs() else { return }
    try run.inParallel(tasks) { (_, number) throws(WinnowError) in
      try runs.write(number, to: run.paths[number])
    }
  }
}

struct KeyCutStage: SingleStage, BuildStage {
  typealias Value = [KeyParts.Start]
  let name = StageName.keyCut
  let step = StageName.metadata
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.keyRuns] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.keyPartSignature()
  }
  func estimate(_ job: BuildJob) -> TaskEstimate { TaskEstimate(tasks: 1, bytes: 1 << 20) }

  func make(
    _ job: BuildJob, _ files: StagingFiles, _ run: StageRun
  ) throws(WinnowError) -> [KeyParts.Start] {
    try job.keyOrder()?.parts(of: job.paths(of: .keyRuns)).starts ?? []
  }
}

struct KeyPartsStage: BuildStage {
  let name = StageName.keyParts
  let step = StageName.metadata
  let resultPrefix = "part"
  let resultsDependOnEarlierStages = true

  func after(_ job: BuildJob) -> [StageName] { [.keyCut] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.keyPartSignature()
  }
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
  typealias Value = RepeatedKeys
  let name = StageName.keys
  let step = StageName.metadata

  func after(_ job: BuildJob) -> [StageName] { [.keyParts] }
  func consumes(_ job: BuildJob) -> [StageName] { [.keyRuns, .keyCut, .keyParts] }
  func signature(_ job: BuildJob) throws(WinnowError) -> StageSignature {
    try job.signature(after: [.metadata])
  }

  private func orderBytes(_ job: BuildJob) -> Int {
    MemberParts.rowBytes(job.shape.rows) * job.shape.rows
  }
  func estimate(_ job: BuildJob) -> TaskEstimate {
    TaskEstimate(tasks: 1, bytes: 2 * orderBytes(job))
  }
  func forecast(_ job: BuildJob, _ rates: MeasuredRates) -> StageForecast? {
    StageForecast(tasks: 1, disk: orderBytes(job), seconds: Double(job.shape.rows) / 2e6)
  }

  func make(
    _ job: BuildJob, _ files: StagingFiles, _ run: StageRun
  ) throws(WinnowError) -> RepeatedKeys {
    guard let order = try job.keyOrder(), let parts = try job.keyPartPaths() else {
      return RepeatedKeys()
    }
    let (seal, repeated) = try order.join(
      job.paths(of: .keyParts), of: parts, isCancelled: run.isCancelled)
    files.record("key_order.npy", seal)
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
    let text = "\(rows) a key that an earlier row has"
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
      "\(places[1]): expected every key once, found \(VisibleKey(try keys.text(repeated.first[1]))) "
        + "that is also in \(places[0]) (\(text)); remove the rows, or keep and count them with "
        + "--allow-duplicates")
  }
}

/// A key for a message: quoted, without control characters, at most 80 characters.
private struct VisibleKey: CustomStringConvertible {
  let description: String

  init(_ key: String) {
    let visible = key.prefix(80).map { character in
      character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? "?" : character
    }
    description = "'\(String(visible))\(key.count > 80 ? "…" : "")'"
  }
}
