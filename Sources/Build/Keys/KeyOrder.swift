// key_order.npy: the rows by ascending key (ties: the lower row), so that a key is found by
// bisection and a list by key is written without sorting.  Runs of sorted keys on the disk, merged
// in parts.

import Foundations
import Storage

/// How the keys of a workspace in the making are brought into their order.
package struct KeyOrder: Sendable {
  /// The workspace in the making.
  let folder: String
  /// `hex` or `text`.
  let kind: String
  let rows: Int
  /// Bytes that a run or a part may take in memory.
  let limit: Int
  /// Bytes of a row number: 4 or 8.
  let rowBytes: Int

  /// - Parameters:
  ///   - share: bytes of memory that a task takes.
  ///   - rowBytes: 4 or 8; nil for what the number of rows needs.
  package init(folder: String, kind: String, rows: Int, share: Int, rowBytes: Int? = nil) {
    (self.folder, self.kind, self.rows) = (folder, kind, rows)
    self.rowBytes = rowBytes ?? MemberParts.rowBytes(rows)
    let bytes = fileSize(folder + "/keys/data.utf8") ?? 16 * rows
    // Large enough that a part reads pieces, not crumbs, of every run; small enough to end soon.
    limit = min(max(1, share), max(32 << 20, (bytes + KeyBytes.bytesPerKey * rows) / 2048))
  }

  private func source() throws(WinnowError) -> KeySource {
    try KeySource(folder: folder + "/keys", kind: kind, rows: rows)
  }

  /// The rows whose keys make one run each.
  ///
  /// - Complexity: O(runs)
  package func runs() throws(WinnowError) -> [Range<Int>] {
    let source = try source()
    var ranges: [Range<Int>] = []
    // Their bytes are there twice: as they come, and sorted.
    let most = max(1, limit / (KeyBytes.bytesPerKey + 2 * (source.width ?? 1)))
    for start in stride(from: 0, to: rows, by: most) {
      try split(start..<min(rows, start + most), source, into: &ranges)
    }
    return ranges
  }

  private func split(
    _ range: Range<Int>, _ source: borrowing KeySource, into ranges: inout [Range<Int>]
  ) throws(WinnowError) {
    let size = try source.byteCount(range)
    guard range.count > 1, 2 * size + KeyBytes.bytesPerKey * range.count > limit else {
      return ranges.append(range)
    }
    let middle = range.lowerBound + range.count / 2
    try split(range.lowerBound..<middle, source, into: &ranges)
    try split(middle..<range.upperBound, source, into: &ranges)
  }

  package func write(run rows: Range<Int>, to path: String) throws(WinnowError) {
    try KeyRun.write(rows, of: source(), to: path)
  }

  /// The parts of the order, from where they begin if that was found out before.
  package func parts(
    of runs: [String], starts: [KeyParts.Start]? = nil
  ) throws(WinnowError) -> KeyParts {
    if let starts { return KeyParts(runs: runs, starts: starts) }
    return try KeyParts(runs: runs, rows: rows, limit: limit)
  }

  package func write(_ part: Int, of parts: KeyParts, to path: String) throws(WinnowError) {
    try parts.write(part, to: path, rowBytes: rowBytes)
  }

  /// Writes key_order.npy from the parts as they were written.
  ///
  /// - Returns: the file, and the keys that several rows have.
  /// - Complexity: O(rows)
  package func join(
    _ paths: [String], of parts: KeyParts, isCancelled: @escaping @Sendable () -> Bool
  ) throws(WinnowError) -> (FileSeal, RepeatedKeys) {
    let seal = try joinFiles(
      paths.enumerated().map { ($1, KeyPartHeader.size, rowBytes * parts.starts[$0].count) },
      to: folder + "/key_order.npy", rowBytes == 8 ? .uint64 : .uint32, shape: [rows], isCancelled)
    return (seal, try RepeatedKeys(parts: paths, rowBytes: rowBytes, of: source()))
  }
}

// Keys that several rows have.  Where the keys of a part are merged, equal ones stand beside each other
// and are counted; what is left are the places where one part ends and the next begins.

/// The rows whose key an earlier row has.
package struct RepeatedKeys: Codable, Sendable, Equatable {
  /// How many there are.
  package private(set) var count = 0
  /// Of the first such key by its bytes the first two rows, ascending; empty where there is none.
  package private(set) var first: [Int] = []

  package init() {}

  /// Sums up what the parts of the order of keys found.
  ///
  /// - Complexity: O(parts)
  init(
    parts paths: [String], rowBytes: Int, of keys: borrowing KeySource
  ) throws(WinnowError) {
    var last: Int?
    for path in paths {
      let file = try InputFile(path)
      let header = try file.elements(1, at: 0, of: KeyPartHeader.self)[0]
      func row(_ place: Int) throws(WinnowError) -> Int {
        let bytes: [UInt8] = try file.elements(rowBytes, at: KeyPartHeader.size + rowBytes * place)
        return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      let size = Int(header.count)
      if size == 0 { continue }
      let begin = try row(0)
      if let last, try Self.areEqual(last, begin, keys) {
        count += 1
        if first.isEmpty { first = [last, begin] }
      }
      count += Int(header.repeated)
      if header.firstRepeated > 0, first.isEmpty {
        let place = Int(header.firstRepeated)
        first = [try row(place - 1), try row(place)]
      }
      last = try row(size - 1)
    }
  }

  private static func areEqual(
    _ one: Int, _ other: Int, _ keys: borrowing KeySource
  ) throws(WinnowError) -> Bool {
    let (left, right) = (try keys.keys(one..<one + 1), try keys.keys(other..<other + 1))
    return left.key(0).elementsEqual(right.key(0))
  }
}
