// Dropping rows, and the file that says why: one pass in row order, a block of bytes in memory.

import Foundations
import Storage
import Tasks
import Workspace

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
