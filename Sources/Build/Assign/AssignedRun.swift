// A run of the assignment: the clusters and distances of a range of rows, sorted as members are.
// An assign task leaves one; members.npy and distances.npy are all runs merged, part by part
// (MemberParts), and nothing a row has to stay in memory between the two.
//
// The file, little endian: 64 bytes of header, cluster offsets u4 (clusters + 1), rows u4 counted
// from the run's first one, distances f4; both by cluster, farthest first, ties the lower row.

import Foundations
import Storage
import Tasks

struct AssignedRunHeader: SealedHeader {
  static let magic: UInt64 = 0x004E_5552_574E_4E57  // "WNNWRUN\0"
  static let version: UInt32 = 1

  var magic: UInt64 = Self.magic
  var version = Self.version
  var clusters: UInt32
  var firstRow: UInt64
  /// Rows that the run speaks of, candidates or not.
  var rows: UInt64
  var candidates: UInt64
  var seal: (UInt64, UInt64, UInt64) = (0, 0, 0)
}

/// A run, open for reading by `pread`.
package struct AssignedRun: ~Copyable {
  /// The mark of a row that is no candidate.
  package static let none = UInt32.max

  private let file: InputFile
  package let firstRow: Int
  package let rows: Int
  package let candidates: Int
  package let clusters: Int

  /// - Throws: ``WinnowError`` when the file is no run or not whole.
  /// - Complexity: O(1)
  package init(_ path: String) throws(WinnowError) {
    let file = try InputFile(path)
    guard file.size >= AssignedRunHeader.size else { throw Self.broken(path, "it has no header") }
    guard let header = try AssignedRunHeader.read(file),
      header.version == AssignedRunHeader.version
    else { throw Self.broken(path, "its format or version is different") }
    // Row numbers within a run are u4, so all that follows stays far from overflow.
    guard header.rows <= UInt64(UInt32.max), header.candidates <= header.rows,
      header.firstRow <= UInt64(Int64.max) - header.rows,
      UInt64(file.size) == UInt64(AssignedRunHeader.size) + 4 * (UInt64(header.clusters) + 1)
        + 8 * header.candidates
    else { throw Self.broken(path, "its size does not match its header") }
    self.file = file
    firstRow = Int(header.firstRow)
    rows = Int(header.rows)
    candidates = Int(header.candidates)
    clusters = Int(header.clusters)
  }

  /// Where each of `range`'s clusters begins, and where the last one ends: range.count + 1 places.
  ///
  /// - Throws: ``WinnowError`` when they do not ascend from 0 to the candidates.
  package func offsets(_ range: Range<Int>) throws(WinnowError) -> [UInt32] {
    precondition(range.lowerBound >= 0 && range.upperBound <= clusters)
    let found = try file.elements(
      range.count + 1, at: AssignedRunHeader.size + 4 * range.lowerBound, of: UInt32.self)
    let last = found[range.count]
    guard range.lowerBound > 0 || found[0] == 0,
      zip(found, found.dropFirst()).allSatisfy({ $0 <= $1 }),
      range.upperBound < clusters || Int(last) == candidates, last <= candidates
    else { throw Self.broken(file.path, "its cluster offsets are not in order") }
    return found
  }

  /// The places of a cluster's rows in the run.
  func places(of cluster: Int) throws(WinnowError) -> Range<Int> {
    let ends = try offsets(cluster..<cluster + 1)
    return Int(ends[0])..<Int(ends[1])
  }

  /// Reads `range` of the rows, counted from ``firstRow`` and checked, into `target`.
  package func readRows(
    _ range: Range<Int>, into target: UnsafeMutablePointer<UInt32>
  ) throws(WinnowError) {
    try read(range, of: rowsStart, into: target)
    let limit = UInt32(truncatingIfNeeded: rows)
    var largest: UInt32 = 0
    for place in 0..<range.count { largest = max(largest, target[place]) }
    guard range.isEmpty || largest < limit else {
      throw Self.broken(file.path, "expected rows below \(limit), found \(largest)")
    }
  }

  /// `range` of the rows, counted from ``firstRow`` and checked.
  func rows(_ range: Range<Int>) throws(WinnowError) -> [UInt32] {
    try [UInt32](unsafeUninitializedCapacity: range.count) { (buffer, filled) throws(WinnowError) in
      if let base = buffer.baseAddress { try readRows(range, into: base) }
      filled = range.count
    }
  }

  /// Reads the bits of `range` of the distances into `target`.
  package func readDistances(
    _ range: Range<Int>, into target: UnsafeMutablePointer<UInt32>
  ) throws(WinnowError) {
    try read(range, of: rowsStart + 4 * candidates, into: target)
  }

  private var rowsStart: Int { AssignedRunHeader.size + 4 * (clusters + 1) }

  private func read(
    _ range: Range<Int>, of start: Int, into target: UnsafeMutablePointer<UInt32>
  ) throws(WinnowError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= candidates)
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(start: target, count: 4 * range.count),
      at: start + 4 * range.lowerBound)
  }

  private static func broken(_ path: String, _ fault: String) -> WinnowError {
    WinnowError(
      path: path, fault: "it is not a complete run of the assignment: \(fault)",
      remedy: "remove it and build again")
  }
}

extension AssignedRun: SortedRun {
  /// Ascending from the farthest row on.
  package func key(at place: Int) throws(WinnowError) -> UInt32 {
    var bits: UInt32 = 0
    try readDistances(place..<place + 1, into: &bits)
    return ~bits
  }
}

/// Writes runs, one at a time; its buffers serve many.
package final class AssignedRunWriter {
  private var space = OwnedBuffer<UInt64>(uninitialized: 0)
  private var offsets: [UInt32] = []

  /// Bytes of memory that a run of `rows` takes, beside what is given.
  package static func bytes(rows: Int, clusters: Int) -> Int { 16 * rows + 8 * (clusters + 1) }

  /// Rows of a run of a data set of `rows`: some tens of runs, so that threads share them evenly and
  /// one is worth a process of its own, of at most 2^20 rows, unless there would be thousands then,
  /// whose slices were too small.
  package static func rowsPerRun(_ rows: Int) -> Int {
    max(1 << 14, min(1 << 20, (rows + 23) / 24), (rows + 4095) / 4096)
  }

  package init() {}

  /// Writes the run of rows `firstRow ..< firstRow + count` to `path`.
  ///
  /// - Parameters:
  ///   - nearest: `count` clusters, or ``AssignedRun/none``.
  ///   - distances: `count` of them, 0 or more; those of rows without a cluster are not looked at.
  /// - Complexity: O(count + clusters) time
  package func write(
    firstRow: Int, count: Int, nearest: UnsafePointer<UInt32>, distances: UnsafePointer<Float>,
    clusters: Int, to path: String
  ) throws(WinnowError) {
    precondition(count < Int(UInt32.max) && clusters < Int(UInt32.max))
    if space.count < 2 * count { space = OwnedBuffer(uninitialized: 2 * count) }
    // Sound: `space` lives as long as this, and its two halves have `count` places each.
    let keys = space.pointer
    offsets.removeAll(keepingCapacity: true)
    offsets.append(contentsOf: repeatElement(0, count: clusters + 1))
    var next = offsets
    var candidates = 0
    for row in 0..<count where nearest[row] != AssignedRun.none {
      next[Int(nearest[row])] += 1
      keys[candidates] = UInt64(~distances[row].bitPattern) << 32 | UInt64(row)
      candidates += 1
    }
    var total: UInt32 = 0
    for cluster in 0..<clusters {
      let size = next[cluster]
      (offsets[cluster], next[cluster]) = (total, total)
      total += size
    }
    offsets[clusters] = total
    let sorted = sortByUpperHalf(keys, spare: keys + count, count: candidates)
    // The other half is free for what is written: rows, then distances.
    let rows = UnsafeMutableRawPointer(sorted == keys ? keys + count : keys)
      .assumingMemoryBound(to: UInt32.self)
    let bits = rows + candidates
    next.withUnsafeMutableBufferPointer { next in
      let next = next.baseAddress!
      for place in 0..<candidates {
        let row = Int(truncatingIfNeeded: sorted[place] & 0xFFFF_FFFF)
        let cluster = Int(truncatingIfNeeded: nearest[row])
        let target = Int(truncatingIfNeeded: next[cluster])
        next[cluster] &+= 1
        rows[target] = UInt32(truncatingIfNeeded: row)
        bits[target] = ~UInt32(truncatingIfNeeded: sorted[place] &>> 32)
      }
    }
    let header = AssignedRunHeader(
      clusters: UInt32(clusters), firstRow: UInt64(firstRow), rows: UInt64(count),
      candidates: UInt64(candidates))
    let body = UnsafeRawBufferPointer(start: rows, count: 8 * candidates)
    try withBytes(of: offsets) { (starts) throws(WinnowError) in
      try header.write(starts, body, to: path)
    }
  }
}
