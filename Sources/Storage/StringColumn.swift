// A column of strings on disk: all UTF-8 bytes in one file, row i being the bytes
// offsets[i] ..< offsets[i + 1].

import Foundations

/// Writes a string column row by row.
public struct StringColumnWriter: ~Copyable {
  private var data: AtomicFile
  private var offsets: AtomicFile
  private let rows: Int
  private var written = 0
  private var ends: [UInt64] = []

  /// - Parameters:
  ///   - folder: an existing folder; `data.utf8` and `offsets.npy` appear in it.
  ///   - rows: the number of strings that will follow.
  public init(folder: String, rows: Int) throws(WinnowError) {
    let data = try AtomicFile(folder + "/data.utf8")
    var offsets = try AtomicFile.array(folder + "/offsets.npy", .uint64, shape: [rows + 1])
    try offsets.write(elements: [UInt64(0)])
    self.data = data
    self.offsets = offsets
    self.rows = rows
  }

  public mutating func append(_ text: String) throws(WinnowError) {
    try data.write(text)
    written += 1
    ends.append(UInt64(data.count))
    if ends.count == 8192 { try writeEnds() }
  }

  /// Appends the strings bytes[offsets[i] ..< offsets[i + 1]], at least one.
  ///
  /// - Complexity: O(bytes + strings)
  public mutating func append(bytes: [UInt8], offsets ends: [Int]) throws(WinnowError) {
    precondition(ends.first == 0 && ends.last == bytes.count, "offsets do not span the bytes")
    let base = data.count
    try data.write(bytes)
    written += ends.count - 1
    try writeEnds()
    try offsets.write(elements: ends.dropFirst().map { UInt64(base + $0) })
  }

  private mutating func writeEnds() throws(WinnowError) {
    try offsets.write(elements: ends)
    ends.removeAll(keepingCapacity: true)
  }

  /// - Returns: the seals of `data.utf8` and `offsets.npy`.
  public mutating func commit() throws(WinnowError) -> (data: FileSeal, offsets: FileSeal) {
    precondition(written == rows, "a string column was given \(written) of \(rows) rows")
    try writeEnds()
    return (try data.commit(), try offsets.commit())
  }
}

/// Reads a string column, any row at a time.
public final class StringColumn: Sendable {
  private let data: MappedFile
  private let offsets: MappedArray<UInt64>
  public let rows: Int

  /// - Throws: ``WinnowError`` when the offsets do not end where the data ends.
  public init(folder: String, rows: Int) throws(WinnowError) {
    let data = try MappedFile(folder + "/data.utf8")
    let offsets = try MappedArray<UInt64>(
      folder + "/offsets.npy", type: .uint64, shape: [rows + 1])
    guard offsets[0] == 0, offsets[rows] == UInt64(data.bytes.count) else {
      throw damaged(
        folder + "/offsets.npy",
        "expected offsets from 0 to \(data.bytes.count), the size of data.utf8, found "
          + "\(offsets[0]) to \(offsets[rows])")
    }
    self.data = data
    self.offsets = offsets
    self.rows = rows
  }

  /// The bytes of a row; valid as long as this value lives.
  ///
  /// - Throws: ``WinnowError`` when the row's offsets are damaged.
  public func bytes(_ row: Int) throws(WinnowError) -> UnsafeRawBufferPointer {
    let begin = offsets[row]
    let end = offsets[row + 1]
    guard begin <= end, end <= UInt64(data.bytes.count) else {
      throw damaged(
        data.path,
        "expected row \(row) within bytes 0 to \(data.bytes.count), found \(begin) to \(end)")
    }
    return UnsafeRawBufferPointer(rebasing: data.bytes[Int(begin)..<Int(end)])
  }

  /// The text of a row; bytes that are not UTF-8 become replacement characters.
  public func text(_ row: Int) throws(WinnowError) -> String {
    String(decoding: try bytes(row), as: UTF8.self)
  }
}

extension StringColumn {
  /// Bytes of all rows.
  public var byteCount: Int { data.bytes.count }

  /// The byte after a row.
  public func end(of row: Int) -> Int { Int(offsets[row + 1]) }

  /// Gives the rows with a match, at most `most`, of those matches that begin in `range` of all
  /// bytes; a match that is not within one row is none.
  ///
  /// - Parameter firstMatch: the first match in all bytes that begins in a range.
  /// - Throws: ``WinnowError`` when a row's offsets are damaged.
  /// - Complexity: O(range + matches log rows)
  public func rows(
    in range: Range<Int>, most: Int,
    firstMatch: (UnsafeRawBufferPointer, Range<Int>) -> Range<Int>?, take: (Int) -> Void
  ) throws(WinnowError) {
    var place = range.lowerBound
    var count = 0
    while place < range.upperBound, count < most,
      let match = firstMatch(data.bytes, place..<range.upperBound)
    {
      let row = row(holding: match.lowerBound)
      _ = try bytes(row)
      let end = end(of: row)
      if match.upperBound <= end {
        take(row)
        count += 1
        place = max(end, match.lowerBound + 1)
      } else {
        place = match.lowerBound + 1
      }
    }
  }

  /// The row that a byte belongs to.
  private func row(holding byte: Int) -> Int {
    firstPlace(in: 0..<max(0, rows - 1)) { offsets[$0 + 1] > UInt64(byte) }
  }
}
