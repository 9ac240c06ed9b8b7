import Foundations
import Storage

/// Fates of all rows on the disk, read in row order.
package struct FateReader: ~Copyable {
  private let file: InputFile
  private let start: Int
  private let rows: Int

  /// Rows that are read and written at once.
  package static let blockRows = 1 << 18

  /// - Throws: ``WinnowError`` when the file is no `.npy` of `rows` bytes.
  package init(_ path: String, rows: Int) throws(WinnowError) {
    file = try openArray(path, .uint8, [rows])
    start = file.size - rows
    self.rows = rows
  }

  /// The fates of some rows.
  package func fates(_ range: Range<Int>) throws(WinnowError) -> [UInt8] {
    try file.elements(range.count, at: start + range.lowerBound)
  }

  /// Gives all of them, some rows at a time.
  package func forEachBlock(
    _ body: (_ rows: Range<Int>, _ fates: [UInt8]) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    for first in stride(from: 0, to: rows, by: Self.blockRows) {
      let block = first..<min(rows, first + Self.blockRows)
      try body(block, try fates(block))
    }
  }
}
