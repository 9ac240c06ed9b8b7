import Foundations
import Storage

/// Takes a format's bytes, about 64 KiB at a time, and brings them to a destination.
struct ManifestSink {
  private var buffer: [UInt8] = []
  private let limit = 1 << 16
  private let destination: any ListDestination
  private let report: (Int) -> Bool
  private var rows = 0
  private var file: String?
  private var files: [ListFile] = []
  /// SHA-256 of the canonical rows, where the format's own bytes may differ for equal rows.
  var recordsDigest: String?

  /// - Parameters:
  ///   - destination: where bytes go.
  ///   - report: told the number of rows written so far; false ends the writing.
  init(_ destination: any ListDestination, report: @escaping (Int) -> Bool) {
    self.destination = destination
    self.report = report
    buffer.reserveCapacity(limit + 4096)
  }

  mutating func write(_ bytes: some Sequence<UInt8>) throws(WinnowError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= limit { try flush() }
  }

  mutating func write(_ text: String) throws(WinnowError) { try write(text.utf8) }

  mutating func write(littleEndian number: UInt64) throws(WinnowError) {
    var value = number.littleEndian
    withUnsafeBytes(of: &value) { buffer.append(contentsOf: $0) }
    if buffer.count >= limit { try flush() }
  }

  /// Whether to go on, for a format that has nothing to write for a while.
  var goesOn: () -> Bool {
    let (report, rows) = (report, rows)
    return { report(rows) }
  }

  mutating func endRow() throws(WinnowError) {
    rows += 1
    if rows & 0x3FFF == 0, !report(rows) { throw .interrupted }
  }

  mutating func beginFile(_ name: String) throws(WinnowError) {
    try endFile()
    try destination.begin(name)
    file = name
  }

  private mutating func endFile() throws(WinnowError) {
    try flush()
    guard let name = file else { return }
    let seal = try destination.finish()
    files.append(ListFile(name: name, size: seal.size, digest: seal.digest))
    file = nil
  }

  private mutating func flush() throws(WinnowError) {
    if !buffer.isEmpty { try destination.write(buffer) }
    buffer.removeAll(keepingCapacity: true)
  }

  mutating func finish() throws(WinnowError) -> ListContents {
    if files.isEmpty && file == nil {
      try flush()
      return ListContents(try destination.finish(), recordsDigest: recordsDigest)
    }
    try endFile()
    return ListContents(files)
  }
}

extension ManifestSource {
  /// Writes the list in a format.
  ///
  /// - Parameter report: told the number of rows written so far; false ends the writing.
  func write(
    _ format: ManifestFormat, to destination: any ListDestination,
    _ report: @escaping (Int) -> Bool
  ) throws(WinnowError) -> ListContents {
    var sink = ManifestSink(destination, report: report)
    if !format.isFolder { try destination.begin(nil) }
    try format.writer.write(self, to: &sink)
    return try sink.finish()
  }
}
