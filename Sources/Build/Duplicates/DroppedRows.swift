// What a task of the search leaves: the rows it drops, each with its twin, by row.

import FoundationEssentials
import Foundations
import Storage
import Tasks

struct DroppedRow: Sendable {
  var row: Int
  var twin: Int
  var cosine: Double
}

/// The near duplicates of some fine clusters, on the disk.
///
/// The file, little endian: u8 dropped rows, u8 close decisions, then rows u8 ascending, twins u8,
/// cosines f8, and the seal.
struct DroppedRows: Sendable {
  let path: String
  let count: Int
  /// See ``Duplicates/closeDecisions``.
  let closeDecisions: Int
  private static let header = 16

  /// - Complexity: O(n log n)
  static func write(
    _ dropped: [DroppedRow], closeDecisions: Int, to path: String
  ) throws(WinnowError) {
    let sorted = dropped.sorted { $0.row < $1.row }
    let numbers =
      [UInt64(sorted.count), UInt64(closeDecisions)] + sorted.map { UInt64($0.row) }
      + sorted.map { UInt64($0.twin) } + sorted.map(\.cosine.bitPattern)
    try SealedFile.write(numbers, to: path)
  }

  /// - Throws: ``WinnowError`` when the file is not what a task leaves.
  init(_ path: String) throws(WinnowError) {
    self.path = path
    let file = try InputFile(path)
    let (size, header) = (file.size, try file.elements(2, at: 0, of: UInt64.self))
    guard header[0] < UInt64(size), size == Self.header + 24 * Int(header[0]) + SealedFile.sealBytes
    else { throw SealedFile.changed(path) }
    count = Int(header[0])
    closeDecisions = Int(header[1])
  }

  /// Some of the rows, by row.
  func rows(_ range: Range<Int>) throws(WinnowError) -> [DroppedRow] {
    let file = try InputFile(path)
    var columns: [[UInt64]] = []
    for column in 0..<3 {
      columns.append(
        try file.elements(
          range.count, at: Self.header + 8 * (column * count + range.lowerBound)))
    }
    return (0..<range.count).map {
      DroppedRow(
        row: Int(columns[0][$0]), twin: Int(columns[1][$0]),
        cosine: Double(bitPattern: columns[2][$0]))
    }
  }
}

/// The dropped rows of one task, read in their order some at a time.
struct DroppedRowReader {
  private let file: DroppedRows
  private let piece: Int
  private var next = 0
  private var held: ArraySlice<DroppedRow> = []

  /// - Parameter piece: rows that are read at once.
  init(_ file: DroppedRows, piece: Int) {
    self.file = file
    self.piece = piece
  }

  /// Calls `body` with the rows below `end` that come next.
  mutating func forEach(
    below end: Int, _ body: (DroppedRow) -> Void
  ) throws(WinnowError) {
    while true {
      if held.isEmpty {
        guard next < file.count else { return }
        let range = next..<min(file.count, next + piece)
        held = try file.rows(range)[...]
        next = range.upperBound
      }
      while let first = held.first {
        guard first.row < end else { return }
        body(first)
        held.removeFirst()
      }
    }
  }
}
