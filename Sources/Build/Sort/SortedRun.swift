// Cutting several sorted runs into parts that fit into memory, so that each can be merged by itself.
//
// Entries are ordered by key, then by run, then by place.  Runs cover ascending rows and keep the
// lower row first among equal keys, so that is the order by key and row; and as no two entries are
// equal in it, any set of them can be cut in two, be they all of one key.  Cuts come from samples
// (samplesort: Frazer and McKellar, JACM 17, 1970); what is still too large is cut again.

import Foundations

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
    try firstPlace(in: range) { (place) throws(WinnowError) in
      let found = try self.key(at: place)
      return beyond ? found > key : found >= key
    }
  }
}

/// An entry of several runs, for cutting just before it.
struct RunCut<Key: Comparable & Sendable & Codable>: Sendable, Codable {
  var key: Key
  var run: Int
  var place: Int

  static func precedes(_ a: Self, _ b: Self) -> Bool {
    (a.key, a.run, a.place) < (b.key, b.run, b.place)
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
struct RunCutter<Run: SortedRun & ~Copyable> where Run.Key: Codable {
  typealias Cut = RunCut<Run.Key>

  let limit: Int
  /// What slices weigh, one of every run: the entries where nothing else is said.
  var weight: (_ slices: [Range<Int>]) throws(WinnowError) -> Int = {
    (slices) throws(WinnowError) in
    slices.reduce(0) { $0 + $1.count }
  }
  let open: (_ run: Int) throws(WinnowError) -> Run

  /// - Parameter slices: one a run.
  /// - Returns: the parts in order: where each begins (nil: where the slices do) and its entries.
  /// - Complexity: O(runs * parts * log entries) keys; memory for about 2^18 samples and 2^20 places.
  func parts(
    of slices: [Range<Int>]
  ) throws(WinnowError) -> [(start: Cut?, count: Int)] {
    var found: [(start: Cut?, count: Int)] = []
    try cut(slices, from: nil, into: &found)
    return found
  }

  private func cut(
    _ slices: [Range<Int>], from start: Cut?,
    into found: inout [(start: Cut?, count: Int)]
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
      bounds.append([slice.lowerBound] + (try places(of: cuts, run, slice)) + [slice.upperBound])
    }
    for piece in 0..<pieces {
      try cut(
        bounds.map { $0[piece]..<$0[piece + 1] }, from: piece == 0 ? start : cuts[piece - 1],
        into: &found)
    }
  }

  /// The place of each of some cuts, which are in order, in a slice of a run.
  private func places(
    of cuts: [Cut], _ number: Int, _ slice: Range<Int>
  ) throws(WinnowError) -> [Int] {
    let run = try open(number)
    var found: [Int] = []
    for cut in cuts {
      let rest = (found.last ?? slice.lowerBound)..<slice.upperBound
      found.append(try cut.place(in: run, number: number, rest))
    }
    return found
  }

  /// Every so many-th entry, in order.
  private func sample(
    _ slices: [Range<Int>], _ wanted: Int
  ) throws(WinnowError) -> [Cut] {
    let count = slices.reduce(0) { $0 + $1.count }
    var samples: [Cut] = []
    var (before, next) = (0, 0)
    for (number, slice) in slices.enumerated() {
      var chosen: [Int] = []
      while next < wanted {
        let place = Int((Int128(next) * Int128(count)) / Int128(wanted)) - before
        if place >= slice.count { break }
        chosen.append(slice.lowerBound + place)
        next += 1
      }
      before += slice.count
      if chosen.isEmpty { continue }
      let run = try open(number)
      for place in chosen {
        samples.append(Cut(key: try run.key(at: place), run: number, place: place))
      }
    }
    return samples.sorted(by: Cut.precedes)
  }
}
