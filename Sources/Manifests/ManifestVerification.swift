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
  let writer = header.list.format.writer
  // What is no file of the format any more may not even be readable, and says nothing more.
  if isSame && isSealed || !writer.needsWholeFile {
    faults += try writer.contentFaults(
      WrittenList(path: listPath, header: header, programs: programs))
  }
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
