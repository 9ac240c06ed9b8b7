// Keys as byte strings in one buffer, and their order.  Keys of 32 hexadecimal digits are 16 bytes,
// the most significant one first, so that one order serves both kinds of columns.
//
// The sort takes eight bytes of every key at a time as one number (caching multikey sort: Ng and
// Kakehi, 2007): groups that are equal in them go on with the next eight, after the prefix that the
// whole group shares.  Every step keeps the order of equals.

import Glibc

/// A key's eight bytes in question, and its place among the keys.
package struct KeyEntry {
  package var chunk: UInt64
  package var index: UInt32
}

/// Keys in memory, filled from the front.
package final class KeyBytes {
  /// Bytes of memory that a key takes beside its own.
  package static let bytesPerKey = 2 * MemoryLayout<KeyEntry>.stride + 16

  package let capacity: Int
  package private(set) var count = 0
  /// The keys' bytes; eight more may be read, so that a chunk is one load.
  package let bytes: UnsafeMutableRawPointer
  package let byteCapacity: Int
  /// Where each key begins, and the end of the last.
  package let ends: UnsafeMutablePointer<UInt64>
  private let entries: UnsafeMutablePointer<KeyEntry>
  private let spare: UnsafeMutablePointer<KeyEntry>

  package init(capacity: Int, bytes byteCapacity: Int) {
    precondition(capacity < Int(UInt32.max))
    self.capacity = capacity
    self.byteCapacity = byteCapacity
    bytes = .allocate(byteCount: byteCapacity + 8, alignment: 16)
    ends = .allocate(capacity: capacity + 1)
    ends[0] = 0
    entries = .allocate(capacity: capacity)
    spare = .allocate(capacity: capacity)
  }

  deinit {
    bytes.deallocate()
    ends.deallocate()
    entries.deallocate()
    spare.deallocate()
  }

  /// Bytes of the keys so far.
  package var byteCount: Int { Int(ends[count]) }

  /// Takes keys whose bytes were put behind those so far; `ends[count]` and on are set.
  package func append(_ added: Int) { count += added }

  package func key(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + Int(ends[index]), count: length(index))
  }

  private func length(_ index: Int) -> Int { Int(ends[index + 1] - ends[index]) }

  /// The places of the keys by ascending key, equal ones ascending.
  ///
  /// - Complexity: O(bytes + n log n) at most, near O(n) for keys that differ early.
  package func sorted() -> UnsafeBufferPointer<KeyEntry> {
    for index in 0..<count {
      entries[index] = KeyEntry(chunk: 0, index: UInt32(truncatingIfNeeded: index))
    }
    var groups = count > 1 ? [(range: 0..<count, depth: 0)] : []
    while let (range, before) = groups.popLast() {
      let depth = before + sharedPrefix(range, from: before)
      for place in range { entries[place].chunk = chunk(entries[place].index, from: depth) }
      sort(range)
      forEachGroup(range) { group in finish(group, depth: depth + 8, &groups) }
    }
    return UnsafeBufferPointer(start: entries, count: count)
  }

  /// Calls `body` for every two entries or more of one chunk.
  private func forEachGroup(_ range: Range<Int>, _ body: (Range<Int>) -> Void) {
    var begin = range.lowerBound
    while begin < range.upperBound {
      var end = begin + 1
      while end < range.upperBound, entries[end].chunk == entries[begin].chunk { end += 1 }
      if end - begin > 1 { body(begin..<end) }
      begin = end
    }
  }

  /// Orders a group that is the same up to `depth`, zeros behind shorter keys: those that end by
  /// then by their length, the others later by what follows.
  private func finish(
    _ group: Range<Int>, depth: Int, _ groups: inout [(range: Range<Int>, depth: Int)]
  ) {
    var (shortest, longest) = (Int.max, 0)
    for place in group {
      let length = min(depth + 1, length(Int(entries[place].index)))
      shortest = min(shortest, length)
      longest = max(longest, length)
    }
    if longest <= depth && shortest == longest { return }
    if shortest > depth { return groups.append((group, depth)) }
    for place in group {
      entries[place].chunk = UInt64(min(depth + 1, length(Int(entries[place].index))))
    }
    sort(group)
    forEachGroup(group) { part in
      if entries[part.lowerBound].chunk == UInt64(depth + 1) { groups.append((part, depth)) }
    }
  }

  /// The bytes from `depth` on that all keys of a group have in common.
  private func sharedPrefix(_ range: Range<Int>, from depth: Int) -> Int {
    let first = Int(entries[range.lowerBound].index)
    var shared = length(first) - depth
    let one = bytes + (Int(ends[first]) + depth)
    for place in range.dropFirst() where shared > 0 {
      let index = Int(entries[place].index)
      shared = min(shared, length(index) - depth)
      let other = bytes + (Int(ends[index]) + depth)
      var same = 0
      while same < shared {
        let difference =
          one.loadUnaligned(fromByteOffset: same, as: UInt64.self)
          ^ other.loadUnaligned(fromByteOffset: same, as: UInt64.self)
        same += difference.trailingZeroBitCount / 8
        if difference != 0 { break }
      }
      shared = min(shared, same)
    }
    return max(0, shared)
  }

  /// Eight bytes of a key as a number, zeros behind its end.
  private func chunk(_ index: UInt32, from depth: Int) -> UInt64 {
    let length = length(Int(index)) - depth
    if length <= 0 { return 0 }
    let loaded = (bytes + (Int(ends[Int(index)]) + depth))
      .loadUnaligned(as: UInt64.self).bigEndian
    return length >= 8 ? loaded : loaded & ~(UInt64.max >> UInt64(8 * length))
  }

  /// Sorts entries by their chunks: most significant bits first, as many as there are entries for;
  /// a few entries by insertion.
  private func sort(_ range: Range<Int>) {
    guard range.count > 24 else { return insert(range) }
    var (least, most) = (UInt64.max, UInt64.min)
    for place in range {
      least = min(least, entries[place].chunk)
      most = max(most, entries[place].chunk)
    }
    if least == most { return }
    // The bits above are the same in all.
    let bits = 64 - (least ^ most).leadingZeroBitCount
    let digits = min(bits, 11, max(4, Int.bitWidth - range.count.leadingZeroBitCount - 4))
    let shift = UInt64(bits - digits)
    let buckets = 1 << digits
    withUnsafeTemporaryAllocation(of: Int.self, capacity: buckets + 1) { starts in
      starts.initialize(repeating: 0)
      let mask = UInt64(buckets - 1)
      for place in range {
        starts[Int(truncatingIfNeeded: entries[place].chunk &>> shift & mask) + 1] += 1
      }
      for bucket in 0..<buckets { starts[bucket + 1] += starts[bucket] }
      for place in range {
        let entry = entries[place]
        let bucket = Int(truncatingIfNeeded: entry.chunk &>> shift & mask)
        spare[range.lowerBound + starts[bucket]] = entry
        starts[bucket] += 1
      }
      (entries + range.lowerBound).update(from: spare + range.lowerBound, count: range.count)
      // Each start has moved to its bucket's end.
      if shift == 0 { return }
      var begin = 0
      for bucket in 0..<buckets {
        let end = starts[bucket]
        if end - begin > 1 { sort(range.lowerBound + begin..<range.lowerBound + end) }
        begin = end
      }
    }
  }

  private func insert(_ range: Range<Int>) {
    for place in range.dropFirst() {
      let entry = entries[place]
      var hole = place
      while hole > range.lowerBound, entries[hole - 1].chunk > entry.chunk {
        entries[hole] = entries[hole - 1]
        hole -= 1
      }
      entries[hole] = entry
    }
  }
}
