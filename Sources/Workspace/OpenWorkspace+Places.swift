// Where rows stand: members are grouped by cluster and nothing leads from a row to its place, so
// places are found by one pass over all members, for all rows that are asked for at once.

import Foundations
import Pruning
import Storage
import TextSearch

/// Where a row stands among the members.
public struct MemberPlace: Sendable, Equatable {
  public let cluster: Int
  /// Its place in the order that was asked for, from 0.
  public let rank: Int
}

extension OpenWorkspace {
  /// The places of rows by row; rows that are no candidates are missing. Nil when cancelled.
  ///
  /// - Parameter goesOn: told the part done now and then; false cancels.
  /// - Complexity: O(candidates), and O(M) for each cluster in question where the order does not
  ///   follow the distance.
  public func places(
    of rows: [Int], order: Order, seed: UInt64, threads: Int, goesOn: (Double) -> Bool
  ) throws(WinnowError) -> [Int: MemberPlace]? {
    guard let found = try positions(of: rows, threads: threads, goesOn: goesOn) else { return nil }
    var byCluster: [Int: [(row: Int, position: Int)]] = [:]
    for entry in found {
      let cluster = cluster(at: entry.position)
      byCluster[cluster, default: []].append((entry.row, entry.position - offsets[cluster]))
    }
    var places: [Int: MemberPlace] = [:]
    for (cluster, entries) in byCluster {
      guard goesOn(1),
        let ranks = try ranks(
          of: cluster, positions: entries.map(\.position), order: order, seed: seed,
          threads: threads, isCancelled: { !goesOn(1) })
      else { return nil }
      for (entry, rank) in zip(entries, ranks) {
        places[entry.row] = MemberPlace(cluster: cluster, rank: rank)
      }
    }
    return places
  }

  /// Rows with their positions among all members, ascending positions; nil when cancelled.
  private func positions(
    of rows: [Int], threads: Int, goesOn: (Double) -> Bool
  ) throws(WinnowError) -> [(row: Int, position: Int)]? {
    let wanted = WantedRows(rows)
    var found: [(row: Int, position: Int)] = []
    let (block, batch) = (1 << 18, 1 << 24)
    for start in stride(from: 0, to: candidates, by: batch) {
      guard goesOn(Double(start) / Double(candidates)) else { return nil }
      if found.count == wanted.count { break }
      let range = start..<min(candidates, start + batch)
      let tasks = (range.count + block - 1) / block
      let parts = Parts<(row: Int, position: Int)>(tasks)
      try parallel(tasks: tasks, threads: threads) { (_, task) throws(WinnowError) in
        let part = start + task * block..<min(range.upperBound, start + (task + 1) * block)
        try members.withRows(
          part, checked: false,
          narrow: { wanted.scan($0) { parts.append(($0, part.lowerBound + $1), task) } },
          wide: { wanted.scan($0) { parts.append(($0, part.lowerBound + $1), task) } })
      }
      found += parts.joined()
    }
    return found
  }
}

/// A few rows, and a quick way to rule out almost all others.
private struct WantedRows: Sendable {
  private let sorted: [Int]
  /// Bit `row % 2^16` of each wanted row.
  private let sieve: [UInt64]

  init(_ rows: [Int]) {
    sorted = Set(rows).sorted()
    var sieve = [UInt64](repeating: 0, count: 1 << 10)
    for row in sorted { sieve[row >> 6 & 0x3FF] |= 1 << UInt64(row & 63) }
    self.sieve = sieve
  }

  var count: Int { sorted.count }

  private func contains(_ row: Int) -> Bool {
    let low = firstPlace(in: sorted.indices) { sorted[$0] >= row }
    return low < sorted.count && sorted[low] == row
  }

  /// Gives the wanted ones among `rows`, with their places.
  @inline(__always)
  func scan(
    _ rows: UnsafeBufferPointer<some FixedWidthInteger & UnsignedInteger>,
    _ take: (_ row: Int, _ place: Int) -> Void
  ) {
    let sieve = sieve.span
    for place in rows.indices {
      let row = UInt64(truncatingIfNeeded: rows[place])
      let word = sieve[Int(truncatingIfNeeded: row >> 6 & 0x3FF)]
      if word & (1 &<< (row & 63)) != 0, let whole = Int(exactly: row), contains(whole) {
        take(whole, place)
      }
    }
  }
}

// Looking for rows: by key, by what their captions say, and where rows stand. Passes over the whole
// data set go in parts, so that they can be stopped and show what they have.

extension OpenWorkspace {
  /// The rows whose key is `key`, or else begins with it, by ascending key; at most `most`.
  ///
  /// Where there are no keys, a row's key is its number.
  /// - Complexity: O(log rows + found)
  public func rows(withKey key: String, most: Int) throws(WinnowError) -> [Int] {
    try rows(key, most: most) { $0.starts(with: $1) }
  }

  /// All rows whose key is `key`, by bytes; by ascending row.
  ///
  /// Where there are no keys, a row's key is its number.
  /// - Complexity: O(log rows + found)
  public func rows(withExactKey key: String) throws(WinnowError) -> [Int] {
    try rows(key, most: .max) { $0.elementsEqual($1) }
  }

  /// The rows from the first key that is not before `key`, as long as their keys fit it.
  private func rows(
    _ key: String, most: Int, fits: (String.UTF8View, [UInt8]) -> Bool
  ) throws(WinnowError) -> [Int] {
    guard let order = try keyOrder() else {
      return Int(key).flatMap { $0 >= 0 && $0 < rows && String($0) == key ? [$0] : nil } ?? []
    }
    let wanted = Array(key.utf8)
    var place = try firstPlace(in: 0..<order.count) { (place) throws(WinnowError) in
      try !self.key(order.row(place)).utf8.lexicographicallyPrecedes(wanted)
    }
    var found: [Int] = []
    while place < order.count, found.count < most {
      let row = try order.row(place)
      guard fits(try self.key(row).utf8, wanted) else { break }
      found.append(row)
      place += 1
    }
    return found
  }

  /// Bytes of all captions; 0 where there are none.
  public var captionBytes: Int { captions?.byteCount ?? 0 }

  /// The rows whose captions contain the pattern, of those that begin at byte `start` of all
  /// captions or later, as far as `bytes` further.
  ///
  /// - Returns: at most `most` rows, ascending, and the byte to go on from; nil at the end.
  /// - Complexity: O(bytes)
  public func rowsWithCaption(
    _ pattern: TextPattern, from start: Int, bytes: Int, most: Int, threads: Int
  ) throws(WinnowError) -> (rows: [Int], next: Int?) {
    guard let captions, most > 0 else { return ([], nil) }
    let end = min(captions.byteCount, start + bytes)
    let block = 1 << 20
    let tasks = max(0, end - start + block - 1) / block
    let parts = Parts<Int>(tasks)
    try parallel(tasks: tasks, threads: threads) { (_, task) throws(WinnowError) in
      let range = start + task * block..<min(end, start + (task + 1) * block)
      try captions.rows(in: range, most: most, firstMatch: pattern.firstMatch) {
        parts.append($0, task)
      }
    }
    var rows: [Int] = []
    // A row that lies over the edge of two blocks may have been found in both.
    for row in parts.joined() where rows.last != row { rows.append(row) }
    guard rows.count >= most else { return (rows, end < captions.byteCount ? end : nil) }
    rows.removeSubrange(most...)
    let next = captions.end(of: rows[most - 1])
    return (rows, next < captions.byteCount ? next : nil)
  }

  /// Why a row is no candidate, in words.
  public func fate(of row: Int) throws(WinnowError) -> String {
    switch try fates(of: [row])[0] {
    case .candidate: return "it is not a candidate"
    case .duplicate: return try duplicate(row)
    case let fate: return fate.reason
    }
  }

  /// What a dropped row is a duplicate of, and how near.
  private func duplicate(_ row: Int) throws(WinnowError) -> String {
    guard let twin = try twins(of: [row])?[0] else { return Fate.duplicate.reason }
    let cosine = (Double(twin.cosine) * 1e4).rounded() / 1e4
    return "it is a duplicate of \(try key(twin.row)), cosine \(cosine)"
  }

  /// Which of the rows at some ranks of a cluster has a caption with the pattern, the first in
  /// the direction of the search; nil when none has, or when cancelled.
  ///
  /// - Complexity: O(ranks) captions.
  public func rank(
    of cluster: Int, among ranks: Range<Int>, order: Order, seed: UInt64, pattern: TextPattern,
    backwards: Bool, threads: Int, isCancelled: () -> Bool
  ) throws(WinnowError) -> Int? {
    guard
      let captions,
      let positions = try positions(
        of: cluster, ranks: ranks, order: order, seed: seed, threads: threads,
        isCancelled: isCancelled)
    else { return nil }
    let block = 512
    let tasks = (positions.count + block - 1) / block
    let parts = Parts<Int>(tasks)
    let offset = offsets[cluster]
    try parallel(tasks: tasks, threads: threads) { (_, task) throws(WinnowError) in
      for index in task * block..<min(positions.count, (task + 1) * block) {
        let row = try self.row(at: offset + positions[index])
        let bytes = try captions.bytes(row)
        if pattern.firstMatch(in: bytes, from: 0..<bytes.count) != nil {
          parts.append(ranks.lowerBound + index, task)
        }
      }
    }
    let found = parts.joined()
    return backwards ? found.last : found.first
  }
}
