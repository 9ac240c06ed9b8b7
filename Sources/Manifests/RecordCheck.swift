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
