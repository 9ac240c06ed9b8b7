// fate.npy: why a row is no candidate, out of the runs of the assignment, one run at a time.

import Storage

/// Writes fate.npy: 1, invalid, for rows that no run gives a cluster; 0 for candidates.
///
/// - Complexity: O(rows) time, 5 bytes of memory a row of the largest run.
func writeFate(
  of runs: [String], rows: Int, to staging: StagingFiles, observer: BuildObserver
) throws(WorkspaceError) {
  let path = staging.folder + "/fate.npy"
  var file = try storing { () throws(StorageError) in
    var file = try AtomicFile(path)
    try file.write(NpyHeader.bytes(.uint8, shape: [rows]))
    return file
  }
  for path in runs {
    if observer.isCancelled() { throw .interrupted }
    let run = try AssignedRun(path)
    var fate = [UInt8](repeating: 1, count: run.rows)
    let members = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: run.candidates)
    defer { members.deallocate() }
    if let base = members.baseAddress { try run.readRows(0..<run.candidates, into: base) }
    for row in members { fate[Int(row)] = 0 }
    try storing { () throws(StorageError) in try file.write(fate) }
  }
  staging.record("fate.npy", try storing { () throws(StorageError) in try file.commit() })
}
