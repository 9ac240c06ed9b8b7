// `--training-rows all` where tasks run on many machines: a round of k-means is a stage whose tasks
// pass some runs of rows each by the centroids, and one task that moves the centroids.  Every row's
// cluster is that of the exact search and sums are of integers, so the centroids are those of one
// process, which looks at fewer rows but finds the same.

import Clustering
import Foundations
import Tasks

/// What a task of a round leaves.
///
/// The file, little endian: u8 moved rows, candidates, k, dimensions, and far rows; the sizes of the
/// clusters u8; their sums i8 (k, dimensions); far rows as row u8, distance f4, cluster u4, the
/// cluster before u4, and nothing u4; every candidate's cluster u4; and the seal.
struct RoundPart {
  /// Rows whose cluster is another than in the round before.
  var moved: Int
  var sizes: [UInt64]
  var sums: [Int64]
  /// The rows farthest from their centroids, farthest first (ties: the lower row).
  var far: [FarRow]
  /// The cluster of every candidate of the part, in the order of the rows.
  var nearest: [UInt32]

  func write(to path: String) throws(WinnowError) {
    let dimensions = sizes.isEmpty ? 0 : sums.count / sizes.count
    let header = [moved, nearest.count, sizes.count, dimensions, far.count].map { UInt64($0) }
    try SealedFile.write(header, sizes, sums, far, nearest, to: path)
  }
}

extension RoundPart {
  /// - Throws: ``WinnowError`` when the file is not whole or of another training.
  init(_ path: String, clusters: Int, dimensions: Int) throws(WinnowError) {
    var arrays = try SealedArrays(path)
    guard
      let header = arrays.take(5, of: UInt64.self)?.map({ Int(truncatingIfNeeded: $0) }),
      header[2] == clusters, header[3] == dimensions,
      let sizes = arrays.take(clusters, of: UInt64.self),
      let sums = arrays.take(clusters * dimensions, of: Int64.self),
      let far = arrays.take(header[4], of: FarRow.self),
      let nearest = arrays.take(header[1], of: UInt32.self), arrays.isAtEnd
    else { throw damaged(path, "it belongs to another training run") }
    self.init(moved: header[0], sizes: sizes, sums: sums, far: far, nearest: nearest)
  }
}

/// A row that an empty cluster may be given.
struct FarRow: BitwiseCopyable, Sendable {
  var row: UInt64
  var distance: Float
  var cluster: UInt32
  var previous: UInt32
  var padding: UInt32 = 0

  static func isFarther(_ a: FarRow, _ b: FarRow) -> Bool {
    a.distance != b.distance ? a.distance > b.distance : a.row < b.row
  }
}

/// What moving the centroids after a round came to.
struct RoundEnd: Codable, Sendable {
  /// No row moved, so the centroids did not.
  var isConverged: Bool
  /// Rows that empty clusters were given, and these clusters.
  var refilled: [Int: UInt32]
}

struct FarthestRows {
  private let limit: Int
  private var rows: [FarRow] = []

  init(limit: Int) { self.limit = limit }

  mutating func offer(_ row: FarRow) {
    rows.append(row)
    if rows.count >= 4 * limit + 1024 { trim() }
  }

  private mutating func trim() {
    rows.sort(by: FarRow.isFarther)
    rows.removeLast(max(0, rows.count - limit))
  }

  /// Farthest first.
  mutating func result() -> [FarRow] {
    trim()
    return rows
  }
}

/// Adds up what the tasks of a round found and moves the centroids.
func moveCentroids(
  _ parts: [String], _ before: Centroids, _ job: BuildJob, _ run: StageRun
) throws(WinnowError) -> (RoundEnd, [Float]) {
  let (k, dimensions) = (before.count, before.dimensions)
  let sums = CentroidSums(clusters: k, dimensions: dimensions, instructions: job.instructions)
  var sizes = [Int](repeating: 0, count: k)
  var moved = 0
  var farthest = FarthestRows(limit: 2 * k)
  for path in parts {
    if run.isCancelled() { throw .interrupted }
    let part = try RoundPart(path, clusters: k, dimensions: dimensions)
    moved += part.moved
    for cluster in 0..<k { sizes[cluster] += Int(part.sizes[cluster]) }
    sums.add(part.sums)
    for row in part.far { farthest.offer(row) }
  }
  let far = farthest.result()
  var refilled: [Int: UInt32] = [:]
  for refill in refills(sizes: sizes, donors: far.map { Int($0.cluster) }) {
    let row = far[refill.row]
    refilled[Int(row.row)] = UInt32(refill.cluster)
    if row.cluster == row.previous { moved += 1 }
    if UInt32(refill.cluster) == row.previous { moved -= 1 }
  }
  if moved == 0 { return (RoundEnd(isConverged: true, refilled: [:]), before.components()) }
  try move(refilled, far, in: sums, job)
  let components = sums.movedCentroids(before.components(), threads: run.threads)
  return (RoundEnd(isConverged: false, refilled: refilled), components)
}

/// Takes rows out of the sums of their clusters and adds them to those that were empty.
private func move(
  _ refilled: [Int: UInt32], _ far: [FarRow], in sums: CentroidSums, _ job: BuildJob
) throws(WinnowError) {
  if refilled.isEmpty { return }
  let buffer = BlockBuffer(job)
  let one = VectorBlock(capacity: 1, dimensions: job.dataset.dimensions)
  for row in far {
    guard let cluster = refilled[Int(row.row)] else { continue }
    try job.shards.reading([job.blocks.shard(of: Int(row.row))]) { () throws(WinnowError) in
      try buffer.gatherCandidates([Int(row.row)], into: one)
    }
    sums.add(0, of: one, to: Int(row.cluster), sign: -1)
    sums.add(0, of: one, to: Int(cluster), sign: 1)
  }
}
