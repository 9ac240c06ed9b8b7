// Cutting several sorted runs into parts that fit into memory, so that each can be merged by itself.
//
// Entries are ordered by key, then by run, then by place.  Runs cover ascending rows and keep the
// lower row first among equal keys, so that is the order by key and row; and as no two entries are
// equal in it, any set of them can be cut in two, be they all of one key.  Cuts come from samples
// (samplesort: Frazer and McKellar, JACM 17, 1970); what is still too large is cut again.

import Foundations
import Tasks
import Workspace

/// Something sorted by a key, entry after entry.
package protocol SortedRun: ~Copyable {
  associatedtype Key: Comparable & Sendable
  /// The key of an entry; keys never fall.
  func key(at place: Int) throws(WinnowError) -> Key
}

extension SortedRun where Self: ~Copyable {
  /// The first place in `range` of a key that is not below `key`, or, where `beyond`, above it.
  ///
  /// - Complexity: O(log range.count) keys
  func bound(
    of key: Key, beyond: Bool, in range: Range<Int>
  ) throws(WinnowError) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      let found = try self.key(at: middle)
      if found < key || beyond && found == key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// An entry of several runs, for cutting just before it.
struct RunCut<Key: Comparable & Sendable & Codable>: Sendable, Codable {
  var key: Key
  var run: Int
  var place: Int

  static func precedes(_ a: Self, _ b: Self) -> Bool {
    if a.key != b.key { return a.key < b.key }
    return a.run != b.run ? a.run < b.run : a.place < b.place
  }

  /// The first entry in `range` of a run that is not before the cut.
  func place<Run: SortedRun & ~Copyable>(
    in other: borrowing Run, number: Int, _ range: Range<Int>
  ) throws(WinnowError) -> Int where Run.Key == Key {
    if number == run { return min(max(place, range.lowerBound), range.upperBound) }
    return try other.bound(of: key, beyond: number < run, in: range)
  }
}

/// Cuts slices of runs into parts that weigh at most `limit` each; an entry alone may weigh more.
struct RunCutter<Key: Comparable & Sendable & Codable> {
  let limit: Int
  /// What slices weigh, one of every run: the entries where nothing else is said.
  var weight: (_ slices: [Range<Int>]) throws(WinnowError) -> Int = {
    (slices) throws(WinnowError) in
    slices.reduce(0) { $0 + $1.count }
  }
  /// The keys of a run at some places, ascending.
  let keys: (_ run: Int, _ places: [Int]) throws(WinnowError) -> [Key]
  /// For each of some cuts, in order: its place in a slice of a run.
  let places: (_ run: Int, Range<Int>, [RunCut<Key>]) throws(WinnowError) -> [Int]

  /// - Parameter slices: one a run.
  /// - Returns: the parts in order: where each begins (nil: where the slices do) and its entries.
  /// - Complexity: O(runs * parts * log entries) keys; memory for about 2^18 samples and 2^20 places.
  func parts(
    of slices: [Range<Int>]
  ) throws(WinnowError) -> [(start: RunCut<Key>?, count: Int)] {
    var found: [(start: RunCut<Key>?, count: Int)] = []
    try cut(slices, from: nil, into: &found)
    return found
  }

  private func cut(
    _ slices: [Range<Int>], from start: RunCut<Key>?,
    into found: inout [(start: RunCut<Key>?, count: Int)]
  ) throws(WinnowError) {
    let count = slices.reduce(0) { $0 + $1.count }
    let weight = try weight(slices)
    guard weight > limit, count > 1 else {
      if count > 0 { found.append((start, count)) }
      return
    }
    let aim = max(1, limit / 4 * 3)
    let pieces = max(
      2, min((weight + aim - 1) / aim, count, 1 << 12, (1 << 20) / slices.count))
    let samples = try sample(slices, min(count, max(1024, 64 * pieces)))
    // Cuts are samples beyond the first one: something is left on both sides of each.
    let cuts = (1..<pieces).map { samples[$0 * samples.count / pieces] }
    var bounds: [[Int]] = []
    for (run, slice) in slices.enumerated() {
      bounds.append([slice.lowerBound] + (try places(run, slice, cuts)) + [slice.upperBound])
    }
    for piece in 0..<pieces {
      try cut(
        bounds.map { $0[piece]..<$0[piece + 1] }, from: piece == 0 ? start : cuts[piece - 1],
        into: &found)
    }
  }

  /// Every so many-th entry, in order.
  private func sample(
    _ slices: [Range<Int>], _ wanted: Int
  ) throws(WinnowError) -> [RunCut<Key>] {
    let count = slices.reduce(0) { $0 + $1.count }
    var samples: [RunCut<Key>] = []
    var (before, next) = (0, 0)
    for (run, slice) in slices.enumerated() {
      var chosen: [Int] = []
      while next < wanted {
        let place = Int((Int128(next) * Int128(count)) / Int128(wanted)) - before
        if place >= slice.count { break }
        chosen.append(slice.lowerBound + place)
        next += 1
      }
      before += slice.count
      if chosen.isEmpty { continue }
      for (place, key) in zip(chosen, try keys(run, chosen)) {
        samples.append(RunCut(key: key, run: run, place: place))
      }
    }
    return samples.sorted(by: RunCut.precedes)
  }
}
