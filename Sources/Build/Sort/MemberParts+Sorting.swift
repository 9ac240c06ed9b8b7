// One part of the members: gathered, sorted, written.

import Foundations
import Tasks
import Workspace

/// The first 64 bytes of a part's file.  Sums of distances follow, Int128 each, for the clusters that
/// it touches; then rows, u4 or u8; then distances, f4.
struct MemberPartHeader: SealedHeader {
  static let magic: UInt64 = 0x0054_5250_574E_4E57  // "WNNWPRT\0"
  var magic: UInt64 = Self.magic
  var version: UInt32 = 1
  var rowBytes: UInt32
  var position: UInt64
  var count: UInt64
  var firstCluster: UInt32
  var clusters: UInt32
  var seal: (UInt64, UInt64, UInt64) = (0, 0, 0)

  var rowsStart: Int { Self.size + 16 * Int(clusters) }
  var distancesStart: Int { rowsStart + Int(rowBytes) * Int(count) }
  var fileSize: Int { distancesStart + 4 * Int(count) }
}

extension MemberParts {
  /// Makes part `part` and writes it to `path`; depends on the runs only.
  ///
  /// - Complexity: O(entries) time and O(runs log entries) keys, 40 bytes of memory an entry.
  package func write(_ part: Int, to path: String, wide: Bool? = nil) throws(WinnowError) {
    if wide ?? isWide {
      try write(part, of: UInt64.self, to: path)
    } else {
      try write(part, of: UInt32.self, to: path)
    }
  }

  /// Whether row numbers need 64 bits.
  var isWide: Bool { Self.rowBytes(rows) == 8 }

  /// Bytes of a row number of a data set of `rows`.
  package static func rowBytes(_ rows: Int) -> Int { rows <= Int(UInt32.max) ? 4 : 8 }

  private func write<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ part: Int, of _: Row.Type, to path: String
  ) throws(WinnowError) {
    let gathered = MemberGathering<Row>(capacity: positions(part).count)
    let (start, end) = bounds(part)
    let last = end.cut == nil ? end.cluster - 1 : end.cluster
    gathered.sizes = [Int](repeating: 0, count: last - start.cluster + 1)
    for number in runs.indices {
      try gather(run: number, from: start, to: end, last: last, into: gathered)
    }
    guard gathered.count == positions(part).count else {
      throw damaged(
        path, "expected \(positions(part).count) entries in the runs, found \(gathered.count)")
    }
    gathered.sort()
    let header = MemberPartHeader(
      rowBytes: UInt32(Row.bitWidth / 8), position: UInt64(start.position),
      count: UInt64(gathered.count), firstCluster: UInt32(start.cluster),
      clusters: UInt32(gathered.sizes.count))
    let sorted = UnsafeRawBufferPointer(
      UnsafeBufferPointer(start: gathered.sortedRows, count: gathered.count))
    let bits = UnsafeRawBufferPointer(
      UnsafeBufferPointer(start: gathered.bits, count: gathered.count))
    try withBytes(of: gathered.sums) { (sums) throws(WinnowError) in
      try header.write(sums, sorted, bits, to: path)
    }
  }

  private func gather<Row>(
    run number: Int, from start: Start, to end: Start, last: Int,
    into gathered: MemberGathering<Row>
  ) throws(WinnowError) {
    let run = try AssignedRun(runs[number])
    var ends = try run.offsets(start.cluster..<last + 1).map(Int.init)
    // Cuts within the first and the last cluster.
    let (first, final) = (ends[0]..<ends[1], ends[ends.count - 2]..<ends[ends.count - 1])
    if let cut = start.cut { ends[0] = try cut.place(in: run, number: number, first) }
    if let cut = end.cut { ends[ends.count - 1] = try cut.place(in: run, number: number, final) }
    let places = ends[0]..<ends[ends.count - 1]
    guard places.count <= gathered.capacity - gathered.count else {
      throw damaged(runs[number], "it changed while it was read")
    }
    if places.isEmpty { return }
    try run.readDistances(places, into: gathered.bits + gathered.count)
    try run.readRows(places, into: gathered.relativeRows)
    gathered.append(places.count, firstRow: run.firstRow, clusterEnds: ends)
  }
}

/// The entries of a part while they are brought together.
final class MemberGathering<Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
  let capacity: Int
  private(set) var count = 0
  /// Entries of each cluster.
  var sizes: [Int] = []
  /// Sums of their distances.
  private(set) var sums: [Int128] = []
  /// Bits of the distances, gathered, then sorted.
  let bits: UnsafeMutablePointer<UInt32>
  private let keys: UnsafeMutablePointer<UInt64>
  private let labels: UnsafeMutablePointer<UInt32>
  private let rows: UnsafeMutablePointer<Row>
  let sortedRows: UnsafeMutablePointer<Row>

  init(capacity: Int) {
    self.capacity = capacity
    bits = .allocate(capacity: capacity)
    keys = .allocate(capacity: 2 * capacity)
    labels = .allocate(capacity: capacity)
    rows = .allocate(capacity: capacity)
    sortedRows = .allocate(capacity: capacity)
  }

  deinit {
    bits.deallocate()
    keys.deallocate()
    labels.deallocate()
    rows.deallocate()
    sortedRows.deallocate()
  }

  /// Room for the rows of the next run: the place of the sorted ones is not in use yet.
  var relativeRows: UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(sortedRows).assumingMemoryBound(to: UInt32.self)
  }

  /// Takes what was read: distances behind those before, rows in ``relativeRows``.
  func append(_ added: Int, firstRow: Int, clusterEnds: [Int]) {
    let first = Row(truncatingIfNeeded: firstRow)
    let relative = relativeRows
    for place in 0..<added {
      rows[count &+ place] = first &+ Row(truncatingIfNeeded: relative[place])
    }
    var place = count
    for cluster in sizes.indices {
      let size = clusterEnds[cluster + 1] - clusterEnds[cluster]
      (labels + place).update(repeating: UInt32(truncatingIfNeeded: cluster), count: size)
      sizes[cluster] += size
      place += size
    }
    count += added
  }

  /// Sorts by cluster, then by falling distance, then by row, and sums distances up.
  func sort() {
    for place in 0..<count {
      keys[place] = UInt64(~bits[place]) << 32 | UInt64(truncatingIfNeeded: place)
    }
    let sorted = sortByUpperHalf(keys, spare: keys + capacity, count: count)
    var next: [Int] = []
    var total = 0
    for size in sizes {
      next.append(total)
      total += size
    }
    var partial = [Int64](repeating: 0, count: sizes.count)
    var whole = [Int128](repeating: 0, count: sizes.count)
    for place in 0..<count {
      let entry = Int(truncatingIfNeeded: sorted[place] & 0xFFFF_FFFF)
      let bits = ~UInt32(truncatingIfNeeded: sorted[place] &>> 32)
      let cluster = Int(truncatingIfNeeded: labels[entry])
      let target = next[cluster]
      next[cluster] = target + 1
      sortedRows[target] = rows[entry]
      self.bits[target] = bits
      let distance = Double(Float(bitPattern: bits)) * distanceUnit
      partial[cluster] &+= Int64(distance.rounded(.toNearestOrEven))
      // A distance is at most 2, 2^41 units.
      if place & 0xFFFFF == 0xFFFFF { Self.carry(&partial, into: &whole) }
    }
    Self.carry(&partial, into: &whole)
    sums = whole
  }

  private static func carry(_ partial: inout [Int64], into whole: inout [Int128]) {
    for cluster in partial.indices {
      whole[cluster] += Int128(partial[cluster])
      partial[cluster] = 0
    }
  }
}
