// key_order.npy: the rows by ascending key (ties: the lower row), so that a key is found by
// bisection and a list by key is written without sorting.

import Storage

func writeKeyOrder(
  _ kind: String, rows: Int, to staging: StagingFiles
) throws(WorkspaceError) {
  let folder = staging.folder + "/keys"
  if rows <= Int(UInt32.max) {
    try writeKeyOrder(of: UInt32.self, .uint32, kind, rows, folder, staging)
  } else {
    try writeKeyOrder(of: UInt64.self, .uint64, kind, rows, folder, staging)
  }
}

private func writeKeyOrder<Row: FixedWidthInteger & BitwiseCopyable>(
  of _: Row.Type, _ type: NpyType, _ kind: String, _ rows: Int, _ folder: String,
  _ staging: StagingFiles
) throws(WorkspaceError) {
  let order = try storing { () throws(StorageError) in
    var order = (0..<rows).map { Row(truncatingIfNeeded: $0) }
    if kind == "hex" {
      let keys = try MappedArray<HexKey>(folder + "/hex.npy", type: .uint64Pair, shape: [rows])
      let elements = keys.elements
      order.sort {
        let (a, b) = (elements[Int($0)], elements[Int($1)])
        return a != b ? a < b : $0 < $1
      }
    } else {
      let keys = try StringColumn(folder: folder, rows: rows)
      order = try keys.sortedRows(order)
    }
    return order
  }
  try staging.writeArray("key_order.npy", type, shape: [rows], elements: order)
}
