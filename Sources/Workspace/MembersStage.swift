// Rows by cluster, farthest first: members.npy, distances.npy and offsets.npy, and with them the
// integer sums behind d_intra.
//
// A counting sort brings the rows together by cluster, ascending; then each cluster is sorted by
// one 64-bit key, the complement of the distance's bits above the row (or, where row numbers have
// 64 bits, its place among the cluster's rows).  Distances are never negative, so their bits order
// as they do.

import Clustering
import Storage
import Synchronization

/// What the members of the clusters add up to.
struct MemberTotals: Sendable {
  /// Rows of each cluster.
  var sizes: [Int]
  /// Sum of round(distance * 2^40) over each cluster's rows.
  var distanceSums: [Int128]
}

/// Distances are summed in units of 2^-40.
let distanceUnit = 0x1p40

func writeMembers(
  _ assignment: Assignment, clusters: Int, candidates: Int, to staging: StagingFiles,
  parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) -> MemberTotals {
  if assignment.rows <= Int(UInt32.max) {
    return try writeMembers(
      of: UInt32.self, .uint32, assignment, clusters, candidates, staging, parameters, observer)
  }
  return try writeMembers(
    of: UInt64.self, .uint64, assignment, clusters, candidates, staging, parameters, observer)
}

private func writeMembers<Row: FixedWidthInteger & BitwiseCopyable & Sendable>(
  of _: Row.Type, _ type: NpyType, _ assignment: Assignment, _ clusters: Int, _ candidates: Int,
  _ staging: StagingFiles, _ parameters: BuildParameters, _ observer: BuildObserver
) throws(WorkspaceError) -> MemberTotals {
  var offsets = [Int](repeating: 0, count: clusters + 1)
  for row in 0..<assignment.rows where assignment.nearest[row] != Assignment.none {
    offsets[Int(assignment.nearest[row]) + 1] += 1
  }
  for cluster in 0..<clusters { offsets[cluster + 1] += offsets[cluster] }
  let members = UnsafeMutablePointer<Row>.allocate(capacity: max(1, candidates))
  let sorted = UnsafeMutablePointer<Float>.allocate(capacity: max(1, candidates))
  defer {
    members.deallocate()
    sorted.deallocate()
  }
  var next = offsets
  for row in 0..<assignment.rows where assignment.nearest[row] != Assignment.none {
    let cluster = Int(assignment.nearest[row])
    members[next[cluster]] = Row(truncatingIfNeeded: row)
    next[cluster] += 1
  }
  assignment.releaseNearest()
  observer.progress(BuildProgress(stage: .sort, done: 0, total: candidates, unit: "rows"))
  let bounds = offsets
  let sums = Mutex([Int128](repeating: 0, count: clusters))
  let done = Mutex(0)
  // Sound: each task touches its own cluster's slice.
  nonisolated(unsafe) let (allMembers, allSorted) = (members, sorted)
  parallel(tasks: clusters, threads: parameters.threads) { _, cluster in
    if observer.isCancelled() { return }
    let range = bounds[cluster]..<bounds[cluster + 1]
    let sum = sortCluster(
      UnsafeMutableBufferPointer(start: allMembers + range.lowerBound, count: range.count),
      distances: UnsafeMutableBufferPointer(
        start: allSorted + range.lowerBound, count: range.count),
      of: assignment)
    sums.withLock { $0[cluster] = sum }
    done.withLock {
      $0 += range.count
      observer.progress(
        BuildProgress(stage: .sort, done: $0, total: candidates, unit: "rows"))
    }
  }
  if observer.isCancelled() { throw .interrupted }
  try staging.writeArray(
    "members.npy", type, shape: [candidates],
    UnsafeRawBufferPointer(UnsafeBufferPointer(start: members, count: candidates)))
  try staging.writeArray(
    "distances.npy", .float32, shape: [candidates],
    UnsafeRawBufferPointer(UnsafeBufferPointer(start: sorted, count: candidates)))
  try staging.writeArray(
    "offsets.npy", .uint64, shape: [clusters + 1], elements: offsets.map(UInt64.init))
  return MemberTotals(
    sizes: (0..<clusters).map { offsets[$0 + 1] - offsets[$0] },
    distanceSums: sums.withLock { $0 })
}

/// Sorts one cluster's rows (ascending on entry) from far to near, fills in their distances and
/// returns the sum of those.
///
/// - Complexity: O(m log m) time, 8 bytes of memory a row of the cluster beside the sort's own.
private func sortCluster<Row: FixedWidthInteger>(
  _ members: UnsafeMutableBufferPointer<Row>, distances: UnsafeMutableBufferPointer<Float>,
  of assignment: Assignment
) -> Int128 {
  precondition(members.count <= Int(UInt32.max), "a cluster of more than 2^32 rows")
  // A row number of 32 bits is its own place; a wider one is looked up by its place again.
  let holdsRow = Row.bitWidth == 32
  var sum: Int128 = 0
  var keys = [UInt64](unsafeUninitializedCapacity: members.count) { keys, count in
    for place in 0..<members.count {
      let distance = assignment.distances[Int(members[place])]
      sum += Int128((Double(distance) * distanceUnit).rounded(.toNearestOrEven))
      let low = holdsRow ? UInt64(truncatingIfNeeded: members[place]) : UInt64(place)
      keys[place] = UInt64(~distance.bitPattern) << 32 | low
    }
    count = members.count
  }
  keys.withUnsafeMutableBufferPointer { sortInPlace($0) }
  let rows = holdsRow ? [] : keys.map { members[Int($0 & 0xFFFF_FFFF)] }
  for (place, key) in keys.enumerated() {
    members[place] = holdsRow ? Row(truncatingIfNeeded: key & 0xFFFF_FFFF) : rows[place]
    distances[place] = Float(bitPattern: ~UInt32(key >> 32))
  }
  return sum
}
