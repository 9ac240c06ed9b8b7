// `winnow verify` of a keep list: the file against its header, and the list against itself.

import Pruning
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
  case .rows: checkRows(words(bytes, stride: 8, header).map(\.[0]), header)
  case .datacomp: checkPairs(words(bytes, stride: 16, header), header)
  case .text: checkCount(bytes.count { $0 == 0x0A }, header)
  case .csv: checkRows(csvRows(bytes), header)
  case .jsonl: checkRows(jsonRows(bytes), header)
  }
}

/// The elements of a `.npy` list, as little-endian 64-bit words.
private func words(_ bytes: [UInt8], stride: Int, _ header: Provenance) -> [[UInt64]] {
  let type: NpyType = stride == 8 ? .uint64 : .uint64Pair
  let start = NpyHeader.bytes(type, shape: [header.kept])
  guard bytes.starts(with: start) else { return [] }
  let data = bytes.dropFirst(start.count)
  return Swift.stride(from: data.startIndex, to: data.endIndex - stride + 1, by: stride).map {
    element in
    Swift.stride(from: element, to: element + stride, by: 8).map { word in
      data[word..<word + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
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
    return faults
  }
  if let fall = zip(rows, rows.dropFirst()).first(where: { $0 >= $1 }) {
    faults.append("row \(fall.1) follows row \(fall.0): rows must ascend")
  }
  var set = RowSet(rows: header.workspace.rows)
  for row in rows { set.insert(Int(row)) }
  let digest = rowsDigest(set)
  if digest != header.rowsDigest {
    faults.append("expected rows with SHA-256 \(header.rowsDigest), found \(digest)")
  }
  return faults
}

private func checkPairs(_ pairs: [[UInt64]], _ header: Provenance) -> [String] {
  var faults = checkCount(pairs.count, header)
  if zip(pairs, pairs.dropFirst()).contains(where: { $1.lexicographicallyPrecedes($0) }) {
    faults.append("its uids are not in ascending order")
  }
  return faults
}
