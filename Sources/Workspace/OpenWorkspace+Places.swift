// Where rows stand: members are grouped by cluster and nothing leads from a row to its place, so
// places are found by one pass over all members, for all rows that are asked for at once.

import Foundations
import Pruning

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
