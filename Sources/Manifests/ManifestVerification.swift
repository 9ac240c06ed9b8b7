// `winnow verify` of a keep list: the file against its header, and the list against itself.

import Storage

/// What checking a keep list came to.
public struct ManifestVerification: Sendable, Equatable {
  public let path: String
  public let format: ManifestFormat
  /// Rows that the header promises.
  public let kept: Int
  /// What is wrong, one line each; none when all agrees.
  public let faults: [String]
}

/// Checks a keep list and its header.
///
/// - Parameter path: the list, or its `.winnow.json`.
/// - Throws: ``ManifestError`` when one of the two is missing or cannot be read.
/// - Complexity: O(bytes)
public func verifyManifest(_ path: String) throws(ManifestError) -> ManifestVerification {
  let ending = ".winnow.json"
  let listPath = path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
  let headerPath = Provenance.path(of: listPath)
  guard pathKind(headerPath) == .file else {
    throw .invalid(
      "\(headerPath): expected the header of the keep list, found nothing; "
        + "a list can only be checked beside its header")
  }
  let header = try Provenance.read(headerPath)
  var faults: [String] = []
  if try !Provenance.isSealed(headerPath) {
    faults.append("\(headerPath): it was changed after it was written: its seal does not fit")
  }
  if header.list.name != lastComponent(listPath) {
    faults.append("\(headerPath): it is the header of \(header.list.name)")
  }
  let digest = try storing { () throws(StorageError) in try Digest.ofFile(listPath) }
  if let size = fileSize(listPath), size != header.list.size {
    faults.append("\(listPath): expected \(header.list.size) bytes, found \(size)")
  }
  if digest != header.list.digest {
    faults.append("\(listPath): expected SHA-256 \(header.list.digest), found \(digest)")
  }
  let bytes = try storing { () throws(StorageError) in
    try InputFile.contents(of: listPath, limit: .max)
  }
  faults += checkContents(bytes, header).map { "\(listPath): \($0)" }
  return ManifestVerification(
    path: listPath, format: header.list.format, kept: header.kept, faults: faults)
}

private func checkContents(_ bytes: [UInt8], _ header: Provenance) -> [String] {
  switch header.list.format {
  case .rows: checkRows(words(bytes, .uint64, header), header)
  case .datacomp: checkPairs(words(bytes, .uint64Pair, header), header)
  case .text: checkCount(bytes.count { $0 == 0x0A }, header)
  case .csv: checkRows(csvRows(bytes), header)
  case .jsonl: checkRows(jsonRows(bytes), header)
  }
}

/// The data of a `.npy` list, as little-endian 64-bit words; none when its header is another.
private func words(_ bytes: [UInt8], _ type: NpyType, _ header: Provenance) -> [UInt64] {
  let start = NpyHeader.bytes(type, shape: [header.kept])
  guard bytes.starts(with: start) else { return [] }
  return bytes.withUnsafeBytes { bytes in
    stride(from: start.count, to: bytes.count - 7, by: 8).map {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
    }
  }
}

/// The row number that each JSON line begins with.
private func jsonRows(_ bytes: [UInt8]) -> [UInt64] {
  let prefix = Array("{\"row\":".utf8)
  return bytes.split(separator: 0x0A).compactMap { line in
    line.starts(with: prefix) ? leadingNumber(line.dropFirst(prefix.count)) : nil
  }
}

/// The row number that each CSV record but the header begins with; a quoted key may hold line
/// breaks, which end no record.
private func csvRows(_ bytes: [UInt8]) -> [UInt64] {
  var rows: [UInt64] = []
  var start = 0
  var isQuoted = false
  for (place, byte) in bytes.enumerated() {
    if byte == 0x22 { isQuoted.toggle() }
    guard byte == 0x0A && !isQuoted else { continue }
    if start > 0, let row = leadingNumber(bytes[start..<place]) { rows.append(row) }
    start = place + 1
  }
  return rows
}

private func leadingNumber(_ line: ArraySlice<UInt8>) -> UInt64? {
  UInt64(String(decoding: line.prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
}

private func checkCount(_ count: Int, _ header: Provenance) -> [String] {
  count == header.kept ? [] : ["expected \(header.kept) rows, found \(count)"]
}

private func checkRows(_ rows: [UInt64], _ header: Provenance) -> [String] {
  var faults = checkCount(rows.count, header)
  if let row = rows.first(where: { $0 >= UInt64(header.workspace.rows) }) {
    faults.append("row \(row) is outside 0 to \(header.workspace.rows - 1)")
  }
  if let fall = zip(rows, rows.dropFirst()).first(where: { $0 >= $1 }) {
    faults.append("row \(fall.1) follows row \(fall.0): rows must ascend")
  }
  var digest = Digest()
  rows.map(\.littleEndian).withUnsafeBytes { digest.update($0) }
  let found = digest.hex()
  if found != header.rowsDigest {
    faults.append("expected rows with SHA-256 \(header.rowsDigest), found \(found)")
  }
  return faults
}

/// - Parameter halves: high and low half of every uid.
private func checkPairs(_ halves: [UInt64], _ header: Provenance) -> [String] {
  var faults = checkCount(halves.count / 2, header)
  for high in stride(from: 2, to: halves.count - 1, by: 2)
  where (halves[high], halves[high + 1]) < (halves[high - 2], halves[high - 1]) {
    faults.append("uid \(high / 2) is less than the one before: uids must ascend")
    break
  }
  return faults
}
