// `winnow verify` of a keep list: the files against their header, and the list against itself.

import Foundations
import Ingest
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
/// - Parameters:
///   - path: the list, or its `.winnow.json`.
///   - programs: where the program that reads Parquet is.
/// - Throws: ``WinnowError`` when one of the two is missing or cannot be read.
/// - Complexity: O(bytes); memory does not grow with the list.
public func verifyManifest(
  _ path: String, programs: IngestOptions = IngestOptions(environment: [:])
) throws(WinnowError) -> ManifestVerification {
  let listPath = Provenance.list(of: path)
  let headerPath = Provenance.path(of: listPath)
  guard pathKind(headerPath) == .file else {
    throw .invalid(
      "\(headerPath): expected the header of the keep list, found nothing; "
        + "a list can only be checked beside its header")
  }
  let header = try Provenance.read(headerPath)
  var faults: [String] = []
  let isSealed = try Provenance.isSealed(headerPath)
  if !isSealed {
    faults.append("\(headerPath): it was changed after it was written: its seal does not fit")
  }
  if header.list.name != lastComponent(listPath) {
    faults.append("\(headerPath): it is the header of \(header.list.name)")
  }
  let (differences, isSame) = try compareContents(listPath, header)
  faults += differences
  faults += try checkContents(listPath, header, isSame && isSealed, programs)
  return ManifestVerification(
    path: listPath, format: header.list.format, kept: header.rows, faults: faults)
}

/// Sizes and digests of a list's files against its header.
///
/// - Returns: what differs, and whether the bytes are those that were written.
func compareContents(
  _ path: String, _ header: Provenance
) throws(WinnowError) -> (faults: [String], isSame: Bool) {
  var faults: [String] = []
  func compare(_ file: String, size: Int, digest: String) throws(WinnowError) {
    let found = try Digest.ofFile(file)
    if let bytes = fileSize(file), bytes != size {
      faults.append("\(file): expected \(size) bytes, found \(bytes)")
    }
    if found != digest {
      faults.append("\(file): expected SHA-256 \(digest), found \(found)")
    }
  }
  guard header.list.format.isFolder else {
    try compare(path, size: header.list.size, digest: header.list.digest)
    return (faults, faults.isEmpty)
  }
  let names = try namesInFolder(path)
  let files = header.list.files ?? []
  for name in names where !files.contains(where: { $0.name == name }) {
    faults.append("\(path)/\(name): it is no file of the list")
  }
  for file in files {
    guard names.contains(file.name), !file.name.contains("/") else {
      faults.append("\(path)/\(file.name): missing")
      continue
    }
    try compare("\(path)/\(file.name)", size: file.size, digest: file.digest)
  }
  let together = ListContents(files)
  if together.size != header.list.size || together.digest != header.list.digest {
    faults.append("\(Provenance.path(of: path)): size and digest of the list are not its files'")
  }
  return (faults, faults.isEmpty)
}

private func checkContents(
  _ path: String, _ header: Provenance, _ isWritten: Bool, _ programs: IngestOptions
) throws(WinnowError) -> [String] {
  switch header.list.format {
  case .parquet:
    // Other bytes may be no Parquet at all, and say nothing more; nor does another header.
    return isWritten ? try checkParquet(path, header, programs) : []
  case .masks:
    return isWritten ? try checkMasks(path, header) : []
  case .text, .rows, .datacomp, .csv, .jsonl, .counts:
    let check = ListCheck(header)
    try forEachBlock(of: path) { check.take($0) }
    return check.faults().map { "\(path): \($0)" }
  }
}

/// Gives the bytes of a file, a MiB at a time.
private func forEachBlock(
  of path: String, _ body: (UnsafeRawBufferPointer) -> Void
) throws(WinnowError) {
  let file = try InputFile(path)
  let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  defer { space.deallocate() }
  var offset = 0
  while true {
    let count = try file.read(into: space, at: offset)
    if count == 0 { break }
    body(UnsafeRawBufferPointer(rebasing: space[..<count]))
    offset += count
  }
}

private func checkMasks(_ path: String, _ header: Provenance) throws(WinnowError) -> [String] {
  var rows = RowsCheck(header)
  var first = 0
  for file in header.list.files ?? [] {
    let masks = try MappedArray<UInt8>("\(path)/\(file.name)", type: .bool, shape: [-1])
    for (place, value) in masks.elements.enumerated() where value != 0 {
      rows.take(UInt64(first + place))
    }
    first += masks.count
  }
  var faults = rows.faults()
  if first != header.workspace.rows {
    faults.append("expected \(header.workspace.rows) values, found \(first)")
  }
  return faults.map { "\(path): \($0)" }
}

private func checkParquet(
  _ path: String, _ header: Provenance, _ programs: IngestOptions
) throws(WinnowError) -> [String] {
  var rows = RowsCheck(header)
  var canonical = Digest()
  let table = try ParquetRows(
    path, texts: ["row", "key", "concept", "rank"], numbers: ["distance"], programs)
  while let fields = try table.next() {
    guard let row = fields[0].flatMap(UInt64.init), let number = Int(exactly: row) else {
      return ["\(path): row \(rows.count): expected a row number, found \(fields[0] ?? "none")"]
    }
    rows.take(row)
    var place: ListRecord.Place?
    if let concept = fields[2].flatMap({ Int($0) }), let rank = fields[3].flatMap({ Int($0) }),
      let distance = fields[4].flatMap(Double.init)
    {
      place = .init(concept: concept, distance: Float(distance), rank: rank)
    }
    let record = ListRecord(row: number, key: fields[1] ?? "", place: place)
    canonical.update(Array(record.json.utf8))
  }
  var faults = rows.faults()
  let found = canonical.hex()
  if found != header.list.recordsDigest {
    faults.append(
      "expected records with SHA-256 \(header.list.recordsDigest ?? "none"), found \(found)")
  }
  return faults.map { "\(path): \($0)" }
}
