import Storage

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
