// The values of a column of numbers that belong to one run of the assignment, by cluster, each
// cluster's ascending.  Where values wait by row and are wanted by concept, one pass in the order of
// the rows leaves these, and nothing is looked up row by row again.
//
// The file, little endian: cluster offsets u4 (clusters + 1), then the values as u8 that order as the
// numbers do.  It is read by the process that wrote it, and goes with it.

import Foundations
import Storage

/// A run, open for reading by `pread`.
struct ValueRun: ~Copyable, SortedRun {
  private let file: InputFile
  private let clusters: Int

  init(_ path: String, clusters: Int) throws(WinnowError) {
    file = try InputFile(path)
    self.clusters = clusters
  }

  /// Where each of some clusters begins, and where the last one ends.
  func offsets(_ range: Range<Int>) throws(WinnowError) -> [Int] {
    try file.elements(range.count + 1, at: 4 * range.lowerBound, of: UInt32.self).map(Int.init)
  }

  func read(
    _ places: Range<Int>, into target: UnsafeMutablePointer<UInt64>
  ) throws(WinnowError) {
    try file.readExactly(
      into: UnsafeMutableRawBufferPointer(start: target, count: 8 * places.count),
      at: 4 * (clusters + 1) + 8 * places.lowerBound)
  }

  func key(at place: Int) throws(WinnowError) -> UInt64 {
    var key: UInt64 = 0
    try read(place..<place + 1, into: &key)
    return key
  }

  /// Writes the values of a run's rows out of a column's file; those that are missing are left out.
  ///
  /// - Parameter start: the byte of the column's file where row 0's value is.
  /// - Complexity: O(rows log rows) time, 24 bytes of memory a row of the run.
  static func write(
    of path: String, column: borrowing InputFile, start: Int, to target: String
  ) throws(WinnowError) {
    let run = try AssignedRun(path)
    let values = try column.elements(run.rows, at: start + 8 * run.firstRow, of: Double.self)
    let rows = try run.rows(0..<run.candidates)
    let sorted = UnsafeMutablePointer<UInt64>.allocate(capacity: run.candidates)
    defer { sorted.deallocate() }
    let ends = try run.offsets(0..<run.clusters)
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(ends.count)
    var count = 0
    for cluster in 0..<run.clusters {
      let begin = count
      for place in ends[cluster]..<ends[cluster + 1] {
        let value = values[Int(rows[Int(place)])]
        if value.isNaN { continue }
        sorted[count] = orderedBits(value)
        count += 1
      }
      var own = UnsafeMutableBufferPointer(start: sorted + begin, count: count - begin)
      own.sort()
      offsets.append(UInt32(count))
    }
    var file = try StageFile(target)
    try file.write(elements: offsets)
    try file.write(UnsafeBufferPointer(start: sorted, count: count))
    try file.commit()
  }
}
