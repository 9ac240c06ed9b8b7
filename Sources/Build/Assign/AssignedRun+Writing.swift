import Foundations

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
