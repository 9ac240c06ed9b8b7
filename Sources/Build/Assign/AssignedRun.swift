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
