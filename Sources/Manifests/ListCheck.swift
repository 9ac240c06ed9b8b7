// A list against its header, byte by byte, in whatever pieces it comes: a list of hundreds of millions
// of rows is not held to be checked.

import Foundations
import Ingest
import Storage

/// What is in a list of one file.
protocol ListCheck {
  mutating func take(_ block: UnsafeRawBufferPointer)
  /// What is wrong; called once, after the last byte.
  mutating func faults() -> [String]
}

struct WrittenList {
  let path: String
  let header: Provenance
  /// Where the program that reads Parquet is.
  let programs: IngestOptions

  /// What is wrong in it, one line each.
  ///
  /// - Complexity: O(bytes), a MiB of memory.
  func faults(_ check: some ListCheck) throws(WinnowError) -> [String] {
    var check = check
    try InputFile(path).forEachBlock { check.take($0) }
    return check.faults().map { "\(path): \($0)" }
  }
}

/// Says how many rows were found where the header promises others.
func countFaults(_ count: Int, _ header: Provenance) -> [String] {
  count == header.rows ? [] : ["expected \(header.rows) rows, found \(count)"]
}

/// The words of a `.npy` list, behind the header that it must begin with.
struct NpyWords {
  private let start: [UInt8]
  private var begun = 0
  private var word: UInt64 = 0
  private var bytes = 0
  private(set) var count = 0
  private(set) var isAnother = false

  init(_ type: NpyType, count: Int) { start = NpyHeader.bytes(type, shape: [count]) }

  /// Gives every word that a block ends to `body`, with its number.
  mutating func take(
    _ block: UnsafeRawBufferPointer, _ body: (_ number: Int, _ word: UInt64) -> Void
  ) {
    for byte in block {
      if begun < start.count {
        isAnother = isAnother || byte != start[begun]
        begun += 1
        continue
      }
      word |= UInt64(byte) << UInt64(8 * bytes)
      bytes += 1
      if bytes < 8 { continue }
      body(count, word)
      (word, bytes) = (0, 0)
      count += 1
    }
  }

  /// What is wrong with the header; else `other`, a fault among the words.
  func faults(_ other: String?) -> [String] {
    isAnother
      ? ["expected a .npy header of its format and rows, found another"]
      : other.map { [$0] } ?? []
  }
}

/// The rows of a list as they come, against its header: number, range, order and digest.
struct RowsCheck {
  private let header: Provenance
  private(set) var count = 0
  private var last: UInt64?
  private var outside: UInt64?
  private var fall: (UInt64, UInt64)?
  private var digest = RowsDigest()

  init(_ header: Provenance) { self.header = header }

  mutating func take(_ row: UInt64) {
    count += 1
    if row >= UInt64(header.workspace.rows), outside == nil { outside = row }
    if let last, last >= row, fall == nil { fall = (last, row) }
    last = row
    digest.take(row)
  }

  mutating func faults() -> [String] {
    var faults = countFaults(count, header)
    if let outside {
      faults.append("row \(outside) is outside 0 to \(header.workspace.rows - 1)")
    }
    if let fall { faults.append("row \(fall.1) follows row \(fall.0): rows must ascend") }
    let found = digest.hex()
    if found != header.rowsDigest {
      faults.append("expected rows with SHA-256 \(header.rowsDigest), found \(found)")
    }
    return faults
  }
}

/// The SHA-256 of rows as little-endian u8, as they come.
struct RowsDigest {
  private var digest = Digest()
  private var buffer: [UInt64] = []

  mutating func take(_ row: UInt64) {
    buffer.append(row.littleEndian)
    if buffer.count == 8192 { flush() }
  }

  private mutating func flush() {
    buffer.withUnsafeBytes { digest.update($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  mutating func hex() -> String {
    flush()
    return digest.hex()
  }
}

/// The rows of a list of records, CSV or JSON lines: each begins with its row number.
struct RecordCheck: ListCheck {
  private var rows: RowsCheck
  private let prefix: [UInt8]
  /// Whether a line break in quotes ends no line.
  private let hasQuotes: Bool
  private var isHeader: Bool
  private var fault: String?
  /// Of the line so far.
  private var matched = 0
  private var number: UInt64?
  private var isNumberOver = false
  private var isQuoted = false

  /// - Parameter hasHeader: the first line names the columns.
  init(_ header: Provenance, prefix: String, hasQuotes: Bool, hasHeader: Bool) {
    rows = RowsCheck(header)
    self.prefix = Array(prefix.utf8)
    self.hasQuotes = hasQuotes
    isHeader = hasHeader
  }

  mutating func take(_ block: UnsafeRawBufferPointer) { for byte in block { take(byte) } }

  private mutating func take(_ byte: UInt8) {
    if byte == 0x22, hasQuotes { isQuoted.toggle() }
    if byte == 0x0A, !isQuoted {
      if !isHeader {
        if let number { rows.take(number) } else { fault = fault ?? "a line without a row number" }
      }
      isHeader = false
      (matched, number, isNumberOver) = (0, nil, false)
      return
    }
    if isHeader || isNumberOver { return }
    if matched < prefix.count {
      matched = byte == prefix[matched] ? matched + 1 : matched
      isNumberOver = byte != prefix[max(0, matched - 1)]
      return
    }
    guard (0x30...0x39).contains(byte) else {
      isNumberOver = true
      return
    }
    let (tens, isOver) = (number ?? 0).multipliedReportingOverflow(by: 10)
    let (value, isBeyond) = tens.addingReportingOverflow(UInt64(byte - 0x30))
    number = isOver || isBeyond ? .max : value
  }

  mutating func faults() -> [String] { rows.faults() + (fault.map { [$0] } ?? []) }
}
