// Rows by cluster, farthest first: members.npy, distances.npy and offsets.npy out of the runs of the
// assignment, and with them the integer sums behind d_intra.  Distances are never negative, so their
// bits order as they do.

import Clustering
import Storage
import Synchronization

/// What the members of the clusters add up to.
struct MemberTotals: Codable, Sendable {
  /// Rows of each cluster.
  var sizes: [Int]
  /// Sum of round(distance * 2^40) over each cluster's rows.
  var distanceSums: [Int128]

  enum CodingKeys: String, CodingKey {
    case sizes
    case distanceSums = "distance-sums"
  }

  init(sizes: [Int], distanceSums: [Int128]) {
    self.sizes = sizes
    self.distanceSums = distanceSums
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    sizes = try fields.decode([Int].self, forKey: .sizes)
    // As text: JSON has no numbers of 128 bits.
    distanceSums = try fields.decode([String].self, forKey: .distanceSums).map {
      guard let sum = Int128($0) else {
        throw DecodingError.dataCorruptedError(
          forKey: .distanceSums, in: fields, debugDescription: "expected whole numbers")
      }
      return sum
    }
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(sizes, forKey: .sizes)
    try fields.encode(distanceSums.map { String($0) }, forKey: .distanceSums)
  }
}

/// Distances are summed in units of 2^-40.
let distanceUnit = 0x1p40

/// Writes the arrays, by way of parts that are tasks of a stage of their own.
///
/// - Parameters:
///   - runs: the results of the assignment.
///   - memory: bytes that all threads together take.
///   - openParts: opens the stage of `count` parts of at most `limit` entries.
func writeMembers(
  of runs: [String], rows: Int, clusters: Int, memory: Int, to staging: StagingFiles,
  parameters: BuildParameters, observer: BuildObserver,
  openParts: (_ limit: Int, _ count: Int) throws(WorkspaceError) -> Stage
) throws(WorkspaceError) -> MemberTotals {
  let limit = MemberParts.partEntries(rows: rows, memory: memory, threads: parameters.threads)
  let parts = try MemberParts(runs: runs, rows: rows, clusters: clusters, limit: limit)
  let total = parts.candidates
  let stage = try openParts(limit, parts.count)
  let before = (0..<parts.count).reduce(0) {
    $0 + (stage.wasDone($1) ? parts.positions($1).count : 0)
  }
  observer.progress(BuildProgress(stage: .sort, done: before, total: total, unit: "rows"))
  let done = Mutex(before)
  try stage.run(threads: parameters.threads, isCancelled: observer.isCancelled) {
    (_, part) throws(WorkspaceError) in
    try parts.write(part, to: stage.paths[part])
    done.withLock {
      $0 += parts.positions(part).count
      observer.progress(BuildProgress(stage: .sort, done: $0, total: total, unit: "rows"))
    }
  }
  return try parts.join(
    stage.paths, to: staging, threads: parameters.threads, isCancelled: observer.isCancelled)
}
