// What deduplication leaves for whoever asks why a row is gone: twin.npy, twin_cosine.npy,
// fine_assignments.npy and fine_distances.npy, a value for every row of the data set; and the fates
// that the following stages go on with.  Rows pass in their order, some at a time.

import Foundations
import Storage
import Tasks
import Workspace

/// Writes twins, cosines and fates.
///
/// - Parameters:
///   - candidates: the rows that were searched.
///   - results: what the tasks of the search left.
///   - fates: the file of the fates, below the staging folder.
/// - Complexity: O(rows) time, 16 MiB of memory and a bit a row.
func writeTwins(
  _ candidates: CandidateSet, _ results: [String], fates: String, to files: StagingFiles,
  isCancelled: @escaping @Sendable () -> Bool
) throws(WinnowError) -> TwinTotals {
  var readers: [DroppedRowReader] = []
  var close = 0
  let piece = max(64, (1 << 18) / max(1, results.count))
  for path in results {
    let file = try DroppedRows(path)
    close += file.closeDecisions
    readers.append(DroppedRowReader(file, piece: piece))
  }
  let isWide = candidates.rows > Int(UInt32.max)
  var twins = try files.open(TwinFiles.twins, isWide ? .uint64 : .uint32, shape: [candidates.rows])
  var cosines = try files.open(TwinFiles.cosines, .float32, shape: [candidates.rows])
  let counts = try candidates.narrow(to: files, fates, [.duplicate], isCancelled: isCancelled) {
    (rows, fates) throws(WinnowError) in
    var twin = Array(rows)
    var cosine = [Float](repeating: 1, count: rows.count)
    var wasCandidate = true
    for reader in readers.indices {
      try readers[reader].forEach(below: rows.upperBound) { dropped in
        let place = dropped.row - rows.lowerBound
        if fates[place] != Fate.candidate.rawValue { wasCandidate = false }
        fates[place] = Fate.duplicate.rawValue
        twin[place] = dropped.twin
        cosine[place] = Float(dropped.cosine)
      }
    }
    guard wasCandidate else {
      throw damaged(files.folder + "/" + stageFolder, "its results are of other candidates")
    }
    if isWide {
      try twins.write(elements: twin.map { UInt64($0) })
    } else {
      try twins.write(elements: twin.map { UInt32($0) })
    }
    try cosines.write(elements: cosine)
  }
  files.record(TwinFiles.twins, try twins.commit())
  files.record(TwinFiles.cosines, try cosines.commit())
  return TwinTotals(counts: counts, closeDecisions: close)
}

/// What a deduplication came to.
struct TwinTotals: Codable, Sendable {
  var counts: FateCounts
  /// See ``Duplicates/closeDecisions``.
  var closeDecisions: Int
}

/// Writes the fine cluster of every row, 2^32 - 1 where it took no part, and the distance to its
/// centroid, NaN where it took no part.
///
/// - Complexity: O(rows) time, 8 bytes of memory a row of the largest run.
func writeFineAssignments(
  of runs: [String], rows: Int, to files: StagingFiles, isCancelled: @Sendable () -> Bool
) throws(WinnowError) {
  var assignments = try files.open(TwinFiles.assignments, .uint32, shape: [rows])
  var distances = try files.open(TwinFiles.distances, .float32, shape: [rows])
  for path in runs {
    if isCancelled() { throw .interrupted }
    let run = try AssignedRun(path)
    var nearest = [UInt32](repeating: AssignedRun.none, count: run.rows)
    var distance = [UInt32](repeating: Float.nan.bitPattern, count: run.rows)
    let ends = try run.offsets(0..<run.clusters)
    let rows = try run.rows(0..<run.candidates)
    var bits = [UInt32](repeating: 0, count: run.candidates)
    try run.readDistances(0..<run.candidates, into: &bits)
    for cluster in 0..<run.clusters {
      for place in Int(ends[cluster])..<Int(ends[cluster + 1]) {
        let row = Int(rows[place])
        nearest[row] = UInt32(cluster)
        distance[row] = bits[place]
      }
    }
    try assignments.write(elements: nearest)
    try distances.write(elements: distance)
  }
  files.record(TwinFiles.assignments, try assignments.commit())
  files.record(TwinFiles.distances, try distances.commit())
}
