// The values of a column of numbers while a workspace is built: they come by row and are wanted by
// concept, which is known only later.  A file, so that no number of columns needs memory.

import Storage

/// One column's values below the staging folder, one float64 a row, NaN where one is missing.
final class StagedColumn {
  private let path: String
  private let rows: Int
  private var file: AtomicFile

  init(_ column: Int, folder: String, rows: Int) throws(WorkspaceError) {
    let path = folder + "/column-\(column).npy"
    self.path = path
    self.rows = rows
    file = try storing { () throws(StorageError) in
      var file = try AtomicFile(path, capacity: 1 << 17)
      try file.write(NpyHeader.bytes(.float64, shape: [rows]))
      return file
    }
  }

  func append(_ values: [Double]) throws(WorkspaceError) {
    try storing { () throws(StorageError) in try file.write(elements: values) }
  }

  /// All values, once every row was appended.
  func finish() throws(WorkspaceError) -> MappedArray<Double> {
    try storing { () throws(StorageError) in
      _ = try file.commit()
      return try MappedArray(path, type: .float64, shape: [rows])
    }
  }
}
