// columns/: what the columns of numbers come to in each concept.

import Clustering
import Storage
import Synchronization

/// Writes columns/count.npy, columns/mean.npy and columns/quantiles.npy from the files of values.
///
/// - Complexity: O(rows log rows) for each column; 8 to 12 bytes of memory a row of the clusters that
///   are summed up at a time.
func writeNumericColumns(
  _ columns: [String], rows: Int, sizes: [Int], to staging: StagingFiles,
  parameters: BuildParameters, observer: BuildObserver
) throws(WorkspaceError) {
  guard !columns.isEmpty else { return }
  let folder = staging.folder
  try storing { () throws(StorageError) in try makeFolder(folder + "/columns") }
  var offsets = [0]
  for size in sizes { offsets.append(offsets[offsets.count - 1] + size) }
  let members = try MemberRows(
    folder + "/members.npy", rows: rows, candidates: offsets[sizes.count])
  let (c, k) = (columns.count, sizes.count)
  func progress(_ done: Int) {
    observer.progress(BuildProgress(stage: .columns, done: done, total: c * k, unit: "concepts"))
  }
  progress(0)
  var count = try begin("count.npy", .uint64, [c, k], in: folder)
  var mean = try begin("mean.npy", .float64, [c, k], in: folder)
  var quantiles = try begin(
    "quantiles.npy", .float64, [c, k, ValueSummary.fractions.count], in: folder)
  for (number, column) in columns.enumerated() {
    let values = try StagedColumn.values(folder + "/" + column, rows: rows)
    let found = try summarise(values, members, offsets, parameters, observer)
    try storing { () throws(StorageError) in
      try count.write(elements: found.map { UInt64($0.count) })
      try mean.write(elements: found.map(\.mean))
      try quantiles.write(elements: found.flatMap(\.quantiles))
    }
    progress((number + 1) * k)
  }
  staging.record("columns/count.npy", try storing { () throws(StorageError) in try count.commit() })
  staging.record("columns/mean.npy", try storing { () throws(StorageError) in try mean.commit() })
  staging.record(
    "columns/quantiles.npy", try storing { () throws(StorageError) in try quantiles.commit() })
}

private func summarise(
  _ values: MappedArray<Double>, _ members: MemberRows, _ offsets: [Int],
  _ parameters: BuildParameters, _ observer: BuildObserver
) throws(WorkspaceError) -> [ValueSummary] {
  let k = offsets.count - 1
  let none = ValueSummary(count: 0, mean: .nan, quantiles: [])
  let found = Mutex([ValueSummary](repeating: none, count: k))
  let failure = FirstFailure()
  parallel(tasks: k, threads: parameters.threads) { _, cluster in
    if failure.hasFailed { return }
    do throws(WorkspaceError) {
      if observer.isCancelled() { throw .interrupted }
      var own = try members.values(offsets[cluster]..<offsets[cluster + 1], in: values)
      let summary = ValueSummary(&own)
      found.withLock { $0[cluster] = summary }
    } catch { failure.record(error, task: cluster) }
  }
  try failure.rethrow()
  return found.withLock { $0 }
}

extension MemberRows {
  /// The values that are there of the rows at some positions.
  func values(
    _ range: Range<Int>, in column: MappedArray<Double>
  ) throws(WorkspaceError) -> [Double] {
    func gather(_ rows: UnsafeBufferPointer<some FixedWidthInteger>) -> [Double] {
      var values: [Double] = []
      values.reserveCapacity(rows.count)
      for row in rows {
        let value = column[Int(row)]
        // A negative zero becomes the other one: equal values must be of equal bits.
        if !value.isNaN { values.append(value + 0) }
      }
      return values
    }
    return try withRows(range, checked: false, narrow: gather, wide: gather)
  }
}

/// Begins a file of `columns/`.
private func begin(
  _ name: String, _ type: NpyType, _ shape: [Int], in folder: String
) throws(WorkspaceError) -> AtomicFile {
  try storing { () throws(StorageError) in
    var file = try AtomicFile(folder + "/columns/" + name)
    try file.write(NpyHeader.bytes(type, shape: shape))
    return file
  }
}
