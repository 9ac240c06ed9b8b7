// Looking for rows: by key, by what their captions say, and where rows stand. Passes over the whole
// data set go in parts, so that they can be stopped and show what they have.

import Foundations
import Pruning
import Storage
import TextSearch

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
