/// Some different keys, to be asked for.
struct KeyTable: Sendable {
  /// By hash.
  private var entries: [KeyIdentity] = []
  /// Where the entries begin whose hashes begin with these bits, and the end of the last.
  private var starts: [Int32] = [0, 0]
  private var shift: UInt64 = 63

  /// Bytes of memory that a key takes while the table is made.
  static let bytesPerKey = 2 * MemoryLayout<KeyIdentity>.stride + 8

  /// - Parameter keys: fewer than 2^31, in any order; equal ones count once.
  /// - Complexity: O(n log n)
  init(_ keys: consuming [KeyIdentity]) {
    entries = keys
    entries.sort {
      ($0.hash, $0.upper, $0.lower) < ($1.hash, $1.upper, $1.lower)
    }
    var kept = 0
    for place in entries.indices where place == 0 || entries[place] != entries[kept - 1] {
      entries[kept] = entries[place]
      kept += 1
    }
    entries.removeLast(entries.count - kept)
    let bits = UInt64(max(1, Int.bitWidth - kept.leadingZeroBitCount))
    shift = 64 - bits
    starts = [Int32](repeating: 0, count: 1 << Int(bits) + 1)
    for entry in entries { starts[Int(entry.hash >> shift) + 1] += 1 }
    for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
  }

  var count: Int { entries.count }

  /// The place of a key among all, 0 to ``count`` - 1; nil where it is none of them.
  ///
  /// - Parameter identity: the bits that tell it apart, asked for only if the hash is there.
  /// - Complexity: O(1) on average
  @inline(__always)
  func place(of hash: UInt64, _ identity: () -> (UInt64, UInt64)) -> Int? {
    let bucket = Int(truncatingIfNeeded: hash >> shift)
    var found: (UInt64, UInt64)?
    for place in Int(starts[bucket])..<Int(starts[bucket + 1]) where entries[place].hash == hash {
      if found == nil { found = identity() }
      if entries[place].upper == found!.0, entries[place].lower == found!.1 { return place }
    }
    return nil
  }
}
