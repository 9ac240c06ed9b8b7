// The values of a column of numbers while a workspace is built: they come by row and are wanted by
// concept, which is known only later.  A file, so that no number of columns needs memory.

import Foundations
import Storage

/// One column's values below the staging folder, one float64 a row, NaN where one is missing.
final class StagedColumn {
  private var file: AtomicFile

  init(_ path: String, rows: Int) throws(WinnowError) {
    file = try AtomicFile.array(
      path, .float64, shape: [rows], capacity: 1 << 17, isDurable: false)
  }

  func append(_ values: [Double]) throws(WinnowError) {
    try file.write(elements: values)
  }

  /// Puts the file in its place, once every row was appended.
  func finish() throws(WinnowError) -> FileSeal {
    try file.commit()
  }
}
