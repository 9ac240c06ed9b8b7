// A list of one file against its header, byte by byte, in whatever pieces it comes: a list of
// hundreds of millions of rows is not held to be checked.

import Storage

/// What is in a list.
final class ListCheck {
  private let header: Provenance
  private var rows: RowsCheck
  /// Of lists without row numbers.
  private var count = 0
  private var fault: String?
  /// The `.npy` header that the list must begin with, and how much of it came.
  private let start: [UInt8]
  private var begun = 0
  /// The word that is being put together, of `.npy` lists.
  private var word: UInt64 = 0
  private var bytes = 0
  private var words = 0
  private var pair: (UInt64, UInt64)?
  private var high: UInt64 = 0
  private var sum = 0
  /// Of CSV and JSON lines: what a line begins with, and whether its row number is being read.
  private let prefix: [UInt8]
  private var matched = 0
  private var number: UInt64?
  private var isNumberOver = false
  private var isQuoted = false
  private var isHeader: Bool

  init(_ header: Provenance) {
    self.header = header
    rows = RowsCheck(header)
    start =
      switch header.list.format {
      case .rows: NpyHeader.bytes(.uint64, shape: [header.rows])
      case .datacomp: NpyHeader.bytes(.uint64Pair, shape: [header.rows])
      case .counts: NpyHeader.bytes(.int64, shape: [header.workspace.clusters])
      default: []
      }
    prefix = header.list.format == .jsonl ? Array("{\"row\":".utf8) : []
    isHeader = header.list.format == .csv
  }

  func take(_ block: UnsafeRawBufferPointer) {
    switch header.list.format {
    case .text: count += block.count { $0 == 0x0A }
    case .csv, .jsonl: for byte in block { takeText(byte) }
    default: for byte in block { takeBinary(byte) }
    }
  }

  private func takeBinary(_ byte: UInt8) {
    if begun < start.count {
      if byte != start[begun] {
        fault = fault ?? "expected a .npy header of its format and rows, found another"
      }
      begun += 1
      return
    }
    word |= UInt64(byte) << UInt64(8 * bytes)
    bytes += 1
    guard bytes == 8 else { return }
    takeWord(word)
    (word, bytes) = (0, 0)
    words += 1
  }

  private func takeWord(_ word: UInt64) {
    switch header.list.format {
    case .rows: rows.take(word)
    case .counts:
      let (total, isOver) = sum.addingReportingOverflow(Int(truncatingIfNeeded: word))
      sum = total
      if isOver || Int64(bitPattern: word) < 0 {
        fault = fault ?? "concept \(words) has \(Int64(bitPattern: word)) rows"
      }
    default:
      if words % 2 == 0 {
        high = word
        return
      }
      if let pair, (high, word) < pair {
        fault = fault ?? "uid \(words / 2) is less than the one before: uids must ascend"
      }
      pair = (high, word)
      count += 1
    }
  }

  /// A record begins with its row number; a line break in quotes ends none.
  private func takeText(_ byte: UInt8) {
    if byte == 0x22, header.list.format == .csv { isQuoted.toggle() }
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

  /// What is wrong; called once, after the last byte.
  func faults() -> [String] {
    var faults: [String] = []
    switch header.list.format {
    case .text:
      if count != header.rows { faults.append("expected \(header.rows) rows, found \(count)") }
    case .datacomp:
      if count != header.rows { faults.append("expected \(header.rows) rows, found \(count)") }
    case .counts:
      if words != header.workspace.clusters {
        faults.append("expected \(header.workspace.clusters) concepts, found \(words)")
      }
      if sum != header.rows { faults.append("expected \(header.rows) rows, found \(sum)") }
    default: faults += rows.faults()
    }
    return faults + (fault.map { [$0] } ?? [])
  }
}
