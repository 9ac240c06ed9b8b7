// What a task of the search leaves: the rows it drops, each with its twin, by row.

import Foundations
import Storage
import Tasks

struct DroppedRow: Sendable {
  var row: Int
  var twin: Int
  var cosine: Double
}

/// The near duplicates that a task has found, on the disk, read in their order some at a time.
///
/// The file, little endian: u8 dropped rows, u8 close decisions, then rows u8 ascending, twins u8,
/// cosines f8, and the seal.
struct DroppedRows {
  private let path: String
  private let count: Int
  let closeDecisions: Int
  private let piece: Int
  private var next = 0
  private var held: ArraySlice<DroppedRow> = []
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

  /// - Parameter piece: rows that are read at once.
  /// - Throws: ``WinnowError`` when the file is not what a task leaves.
  init(_ path: String, piece: Int) throws(WinnowError) {
    let file = try InputFile(path)
    let (size, header) = (file.size, try file.elements(2, at: 0, of: UInt64.self))
    guard header[0] < UInt64(size), size == Self.header + 24 * Int(header[0]) + SealedFile.sealBytes
    else { throw SealedFile.changed(path) }
    (self.path, self.piece) = (path, piece)
    (count, closeDecisions) = (Int(header[0]), Int(header[1]))
  }

  /// Calls `body` with the rows below `end` that come next.
  mutating func forEach(
    below end: Int, _ body: (DroppedRow) -> Void
  ) throws(WinnowError) {
    while true {
      if held.isEmpty {
        guard next < count else { return }
        try readPiece()
      }
      while let first = held.first {
        guard first.row < end else { return }
        body(first)
        held.removeFirst()
      }
    }
  }

  private mutating func readPiece() throws(WinnowError) {
    let file = try InputFile(path)
    let size = min(piece, count - next)
    var columns: [[UInt64]] = []
    for column in 0..<3 {
      columns.append(try file.elements(size, at: Self.header + 8 * (column * count + next)))
    }
    let rows = (0..<size).map {
      DroppedRow(
        row: Int(columns[0][$0]), twin: Int(columns[1][$0]),
        cosine: Double(bitPattern: columns[2][$0]))
    }
    held = rows[...]
    next += size
  }
}
