// Which rows `--allow` and `--deny` let stay.
//
// A list may be longer than memory: it is read in turns, each of which takes the keys whose hashes
// fall into one part of all hashes into a table, and asks for the keys of all rows there.  Most lists
// need one turn.  The rows' keys are read in order, some at a time, on all threads.

import Foundations
import Glibc
import Storage
import Synchronization

/// The rows whose keys, or numbers, a list has.
package struct KeyListSearch: Sendable {
  let file: KeyListFile
  let rows: Int
  /// `keys/` of the workspace in the making; nil where rows have no keys.
  let keys: (folder: String, kind: String)?
  /// Bytes that a table may take.
  let memory: Int
  let threads: Int
  let isCancelled: @Sendable () -> Bool

  package init(
    file: KeyListFile, rows: Int, keys: (folder: String, kind: String)?, memory: Int, threads: Int,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    (self.file, self.rows, self.keys) = (file, rows, keys)
    (self.memory, self.threads, self.isCancelled) = (memory, threads, isCancelled)
  }

  /// Rows whose keys are looked up at once.
  private static let blockRows = 1 << 16
  /// Memory that a thread takes to look them up, by keys of 100 bytes; and the list's file is read.
  static let blockBytes = blockRows * (KeyBytes.bytesPerKey + 100) + 5 << 20

  /// - Returns: a bit for every row, and what the list came to.
  /// - Throws: ``WinnowError`` that names the file, and the line where it is no list.
  /// - Complexity: O(bytes of the list + rows) time for each turn
  package func run() throws(WinnowError) -> (VerdictBits, KeyListCounts) {
    guard let keys else { return try numbers() }
    var lines = 0
    try file.forEachKey { (_, _) throws(WinnowError) in lines += 1 }
    let turns = max(1, (lines * KeyTable.bytesPerKey + memory - 1) / max(1, memory))
    var stays = VerdictBits(count: rows)
    var counts = KeyListCounts()
    for turn in 0..<turns {
      let table = try table(keys.kind, turn, of: turns, lines: lines)
      let known = try search(table, keys, turn, of: turns, &stays)
      counts.keys += table.count
      counts.unknown += table.count - known
    }
    return (stays, counts)
  }

  /// The turn that a key belongs to, by other bits than those that order a table.
  @inline(__always)
  package static func turn(of hash: UInt64, among turns: Int) -> Int {
    Int(truncatingIfNeeded: ((hash & 0xFFFF_FFFF) &* UInt64(turns)) &>> 32)
  }

  private func table(
    _ kind: String, _ turn: Int, of turns: Int, lines: Int
  ) throws(WinnowError) -> KeyTable {
    var wanted: [KeyIdentity] = []
    // Growing would hold it twice: hashes share themselves out evenly, but for some.
    wanted.reserveCapacity(turns == 1 ? lines : lines / turns + lines / turns / 16 + 4096)
    try file.forEachKey { (key, line) throws(WinnowError) in
      if line & 0xFFFF == 0, isCancelled() { throw .interrupted }
      if kind == "hex", let identity = KeyIdentity(hexDigits: key) {
        if Self.turn(of: identity.hash, among: turns) == turn { wanted.append(identity) }
      } else if Self.turn(of: KeyIdentity.hash(key), among: turns) == turn {
        wanted.append(KeyIdentity(text: key))
      }
    }
    guard wanted.count < Int(Int32.max) else {
      throw .invalid(
        "\(file.path): \(file.flag) has too many keys for one pass; give a smaller --memory")
    }
    // The table takes the array over.
    var taken: [KeyIdentity] = []
    swap(&taken, &wanted)
    return KeyTable(taken)
  }

  /// Sets the bits of the rows whose keys are in the table; returns how many of its keys there are.
  private func search(
    _ table: KeyTable, _ keys: (folder: String, kind: String), _ turn: Int, of turns: Int,
    _ stays: inout VerdictBits
  ) throws(WinnowError) -> Int {
    if table.count == 0 { return 0 }
    let isHex = keys.kind == "hex"
    let found = Mutex((rows: stays, keys: VerdictBits(count: table.count)))
    let blocks = (rows + Self.blockRows - 1) / Self.blockRows
    try parallel(tasks: blocks, threads: threads, isCancelled: isCancelled) {
      (_, block) throws(WinnowError) in
      let own = block * Self.blockRows..<min(rows, (block + 1) * Self.blockRows)
      let texts = try KeySource(folder: keys.folder, kind: keys.kind, rows: rows).keys(own)
      var hits: [(row: Int, key: Int)] = []
      for index in 0..<own.count {
        let bytes = texts.key(index)
        let place: Int?
        if isHex {
          let identity = KeyIdentity(hex: bytes)
          place = table.place(of: identity.hash) { (identity.upper, identity.lower) }
        } else {
          let hash = KeyIdentity.hash(bytes)
          guard Self.turn(of: hash, among: turns) == turn else { continue }
          place = table.place(of: hash) { KeyIdentity.digest(bytes) }
        }
        if let place { hits.append((own.lowerBound + index, place)) }
      }
      let all = hits
      found.withLock { found in
        for hit in all {
          found.rows.set(hit.row)
          found.keys.set(hit.key)
        }
      }
    }
    return found.withLock { found in
      stays = found.rows
      return found.keys.ones
    }
  }

  /// The rows of a list of row numbers.
  private func numbers() throws(WinnowError) -> (VerdictBits, KeyListCounts) {
    var stays = VerdictBits(count: rows)
    var counts = KeyListCounts()
    try file.forEachKey { (text, line) throws(WinnowError) in
      if line & 0xFFFF == 0, isCancelled() { throw .interrupted }
      guard let row = Int(digits: text) else {
        let shown = String(decoding: text.prefix(40), as: UTF8.self)
        throw .invalid(
          "\(file.path), line \(line): expected a row number, because the data set has no keys, "
            + "found '\(shown)'; list row numbers from 0, or choose a key column with --key")
      }
      if row < rows { stays.set(row) } else { counts.unknown += 1 }
    }
    counts.keys = stays.ones + counts.unknown
    return (stays, counts)
  }
}

extension Int {
  /// The number of some decimal digits, at most `Int.max`; nil for any other text.
  fileprivate init?(digits: UnsafeRawBufferPointer) {
    guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    self = digits.reduce(0) { number, digit in
      let (product, isLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = product.addingReportingOverflow(Int(digit - 0x30))
      return isLarge || isLarger ? Int.max : sum
    }
  }
}

/// A text file with a key a line: LF or CRLF, blank lines skipped, a mark of UTF-8 in front ignored.
package struct KeyListFile: Sendable {
  /// The flag that named it, for messages.
  let flag: String
  let path: String

  package init(flag: String, path: String) {
    self.flag = flag
    self.path = path
  }

  /// A longer line is taken for another kind of file.
  static let longestKey = 1 << 20
  /// Bytes that are read at once.
  private static let blockBytes = 4 << 20

  /// Calls `body` with every line that is not blank, without its end.
  ///
  /// - Parameter body: is given the bytes, valid during the call, and the line's number from 1.
  /// - Throws: ``WinnowError`` that names file and line when it is no text, or what `body` throws.
  /// - Complexity: O(bytes) time, 5 MiB of memory
  func forEachKey(
    _ body: (_ key: UnsafeRawBufferPointer, _ line: Int) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    let file = try InputFile(path)
    let space = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.longestKey + Self.blockBytes, alignment: 64)
    defer { space.deallocate() }
    var (offset, left, line) = (0, 0, 0)
    while true {
      let target = UnsafeMutableRawBufferPointer(
        rebasing: space[left..<left + Self.blockBytes])
      let read = try file.read(into: target, at: offset)
      if memchr(target.baseAddress!, 0, read) != nil {
        throw .invalid(
          "\(path): expected a text file with one key per line for \(flag), found binary data; "
            + "winnow export --format text writes such a list")
      }
      let isMarked = offset == 0 && target[..<read].starts(with: [0xEF, 0xBB, 0xBF])
      var begin = isMarked ? 3 : 0
      offset += read
      let end = left + read
      while begin < end {
        let start = space.baseAddress! + begin
        guard let found = memchr(start, 0x0A, end - begin) else { break }
        line += 1
        let length = found - start
        try Self.take(UnsafeRawBufferPointer(start: start, count: length), line, body)
        begin += length + 1
      }
      left = end - begin
      if read < Self.blockBytes {
        if left > 0 {
          let rest = UnsafeRawBufferPointer(rebasing: space[begin..<end])
          try Self.take(rest, line + 1, body)
        }
        return
      }
      guard left <= Self.longestKey else {
        throw .invalid(
          "\(path), line \(line + 1): expected a key of at most \(Self.longestKey) bytes, found a "
            + "longer line; write one key per line")
      }
      memmove(space.baseAddress!, space.baseAddress! + begin, left)
    }
  }

  private static func take(
    _ line: UnsafeRawBufferPointer, _ number: Int,
    _ body: (UnsafeRawBufferPointer, Int) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    let key = line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    if !key.isEmpty { try body(key, number) }
  }
}

/// What a list came to.
package struct KeyListCounts: Codable, Sendable, Equatable {
  /// Different keys in it; where rows are listed by number, those beyond the last row count each
  /// time.
  package var keys = 0
  /// Those of them that the data set has not.
  package var unknown = 0

  package init() {}
}
