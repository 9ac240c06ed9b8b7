// The rows that are clustered, and why the others are not.  Training, assignment and fate.npy follow
// from one value of this type: the scan makes the first one, out of the rows that cannot be used, and
// each stage behind it that drops rows (`filter`, deduplication) makes a smaller one.
//
// A stage that drops rows writes a byte for every row below stage/NAME/, in row order, and is over
// when that file is whole; fate.npy itself is written with the members, from the last of them.  In
// memory there is a bit a row, and nothing where every row is a candidate.

import Foundations
import Pruning
import Storage
import Tasks
import Workspace

/// Which rows of a data set are candidates.
struct CandidateSet: Sendable {
  /// Rows of the data set.
  let rows: Int
  /// Candidates among them.
  let count: Int
  /// The candidates; nil where all rows are.
  let members: RowSet?
  /// How many rows each filter that ran has dropped.
  let dropped: [Fate: Int]
  /// A `.npy` of a byte a row, its ``Fate``; nil where invalid rows alone are no candidates.
  let fates: String?

  /// All rows but those that cannot be used.
  ///
  /// - Parameters:
  ///   - firstRows: the row at which each shard begins, and the number of rows at the end.
  ///   - invalid: rows of a shard that cannot be used, counted within it.
  /// - Complexity: O(rows / 64 + invalid rows) where some are invalid.
  init(
    firstRows: [Int], invalidCount: Int,
    invalid: (_ shard: Int) throws(WinnowError) -> [Int]
  ) throws(WinnowError) {
    rows = firstRows.last!
    count = rows - invalidCount
    fates = nil
    dropped = invalidCount == 0 ? [:] : [.invalid: invalidCount]
    guard invalidCount > 0 else {
      members = nil
      return
    }
    var members = RowSet.all(rows)
    for shard in 0..<firstRows.count - 1 {
      for row in try invalid(shard) { members.remove(firstRows[shard] + row) }
    }
    self.members = members
  }

  /// The candidates that a stage has left.
  ///
  /// - Parameters:
  ///   - fates: the file that it wrote.
  ///   - counts: what it counted.
  ///   - window: the rows that are asked about, ascending; nil: all.  A task of a large build needs
  ///     few, and reading the fates of all would cost more than the task.
  /// - Throws: ``WinnowError`` when the file is damaged.
  /// - Complexity: O(rows of the window) time
  init(
    fates: String, rows: Int, counts: FateCounts, window: [Range<Int>]? = nil
  ) throws(WinnowError) {
    self.rows = rows
    self.fates = fates
    dropped = counts.dropped
    let reader = try FateReader(fates, rows: rows)
    var members = RowSet(rows: rows)
    var found = 0
    for range in window ?? [0..<rows] {
      for first in stride(from: range.lowerBound, to: range.upperBound, by: FateReader.blockRows) {
        let block = first..<min(range.upperBound, first + FateReader.blockRows)
        for (place, fate) in try reader.fates(block).enumerated()
        where fate == Fate.candidate.rawValue {
          members.insert(block.lowerBound + place)
          found += 1
        }
      }
    }
    count = rows - counts.dropped.values.reduce(0, +)
    guard window != nil || found == count else {
      throw SealedFile.changed(fates)
    }
    self.members = count == rows ? nil : members
  }

  /// Whether a row is a candidate.
  @inline(__always)
  func contains(_ row: Int) -> Bool { members?.contains(row) ?? true }

  /// Calls `body` with the candidates of a range, ascending.
  @inline(__always)
  func forEach(in range: Range<Int>, _ body: (_ row: Int) -> Void) {
    guard let members else { return range.forEach(body) }
    for row in range where members.contains(row) { body(row) }
  }

  /// Whether some row of a range is a candidate.
  func hasAny(in range: Range<Int>) -> Bool {
    guard let members else { return !range.isEmpty }
    return members.next(from: range.lowerBound).map { $0 < range.upperBound } ?? false
  }
}

/// How many rows each filter that ran has dropped, as a stage leaves it.
struct FateCounts: Codable, Sendable, Equatable {
  var dropped: [Fate: Int]

  init(dropped: [Fate: Int]) { self.dropped = dropped }

  init(from decoder: any Decoder) throws {
    let names = try decoder.singleValueContainer().decode([String: Int].self)
    dropped = [:]
    for fate in Fate.allCases {
      if let name = fate.filter, let count = names[name] { dropped[fate] = count }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(byName)
  }

  /// The counts as workspace.json has them.
  var byName: [String: Int] {
    Dictionary(uniqueKeysWithValues: dropped.map { ($0.key.filter!, $0.value) })
  }
}

// Dropping rows, and the file that says why: one pass in row order, a block of bytes in memory.

extension CandidateSet {
  /// Writes the fates of all rows where some candidates are dropped; what else was dropped keeps its
  /// fate.
  ///
  /// A stage that drops rows calls this once, and what follows takes
  /// ``CandidateSet/init(fates:rows:counts:window:)`` of that file.
  ///
  /// - Parameters:
  ///   - name: the file's, below the staging folder.
  ///   - filters: the fates that this stage gives; each is counted, also where it drops nothing.
  ///   - isDurable: bring the file to the disk; not for what can be made again.
  ///   - drop: is given the blocks of all rows in order, and changes the bytes of those that it drops.
  /// - Returns: what was dropped, by this stage and those before.
  /// - Complexity: O(rows) time, O(1) memory
  func narrow(
    to files: StagingFiles, _ name: String, _ filters: [Fate], isCancelled: @Sendable () -> Bool,
    isDurable: Bool = false,
    drop: (_ rows: Range<Int>, _ fates: inout [UInt8]) throws(WinnowError) -> Void
  ) throws(WinnowError) -> FateCounts {
    var counts = [Int](repeating: 0, count: 256)
    var file = try AtomicFile.array(
      files.folder + "/" + name, .uint8, shape: [rows], isDurable: isDurable)
    try forEachFates { (block, fates) throws(WinnowError) in
      if isCancelled() { throw .interrupted }
      var fates = fates
      try drop(block, &fates)
      for fate in fates { counts[Int(fate)] += 1 }
      try file.write(fates)
    }
    files.record(name, try file.commit())
    var dropped = dropped
    for fate in Fate.allCases.dropFirst() {
      let count = counts[Int(fate.rawValue)]
      if count > 0 || filters.contains(fate) { dropped[fate] = count }
    }
    return FateCounts(dropped: dropped)
  }

  /// Gives the fates of all rows, a block at a time in row order.
  func forEachFates(
    _ body: (_ rows: Range<Int>, _ fates: [UInt8]) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    if let fates { return try FateReader(fates, rows: rows).forEachBlock(body) }
    for first in stride(from: 0, to: rows, by: FateReader.blockRows) {
      let block = first..<min(rows, first + FateReader.blockRows)
      var fates = [UInt8](repeating: Fate.candidate.rawValue, count: block.count)
      if members != nil {
        for row in block where !contains(row) {
          fates[row - block.lowerBound] = Fate.invalid.rawValue
        }
      }
      try body(block, fates)
    }
  }

  /// Writes fate.npy, unless every row is a candidate.
  ///
  /// - Complexity: O(rows) time
  func publish(
    to files: StagingFiles, isCancelled: @Sendable () -> Bool
  ) throws(WinnowError) {
    guard members != nil else { return }
    _ = try narrow(to: files, "fate.npy", [], isCancelled: isCancelled, isDurable: true) { _, _ in }
  }
}
