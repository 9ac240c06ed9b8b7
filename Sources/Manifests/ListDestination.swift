// Where the bytes of a list go: a file or a folder that gets its place later, standard output, or
// nowhere but into their digest.

import Foundations
import Storage
import Workspace

/// A file of a list that is a folder.
public struct ListFile: Codable, Equatable, Sendable {
  public var name: String
  /// Bytes.
  public var size: Int
  /// SHA-256 of the file.
  public var digest: String
}

/// What a written list comes to.
struct ListContents: Equatable {
  /// Bytes of all its files.
  let size: Int
  /// SHA-256 of the file; of a folder, of the lines `SHA-256  NAME` of its files by name, what
  /// `sha256sum *` prints in it.
  let digest: String
  /// Of a list that is a folder, in the order of the rows.
  let files: [ListFile]?
  let recordsDigest: String?

  init(_ seal: FileSeal, recordsDigest: String?) {
    (size, digest, files) = (seal.size, seal.digest, nil)
    self.recordsDigest = recordsDigest
  }

  init(_ files: [ListFile]) {
    size = files.reduce(0) { $0 + $1.size }
    digest = Fingerprint.of(Dictionary(files.map { ($0.name, $0.digest) }) { one, _ in one })
    self.files = files
    recordsDigest = nil
  }
}

/// Takes the files of a list, one after the other.
protocol ListDestination: AnyObject {
  /// Begins a file: `name` within the list's folder, or nil where the list is one file.
  func begin(_ name: String?) throws(WinnowError)
  func write(_ bytes: [UInt8]) throws(WinnowError)
  func finish() throws(WinnowError) -> FileSeal
}

/// A destination that is put in its place when all is written; dropped before, it is gone.
protocol PlacedLater: ListDestination {
  func place() throws(WinnowError)
}

/// An ``AtomicFile`` that closures can share.
final class PreparedFile: PlacedLater {
  private var file: AtomicFile

  init(_ path: String) throws(WinnowError) { file = try AtomicFile(path) }

  func begin(_ name: String?) {}

  func write(_ bytes: [UInt8]) throws(WinnowError) { try file.write(bytes) }

  func finish() throws(WinnowError) -> FileSeal { try file.finish() }

  func place() throws(WinnowError) { _ = try file.commit() }
}

final class PreparedFolder: PlacedLater {
  private let folder: AtomicFolder
  private var file: PreparedFile?

  init(_ path: String) throws(WinnowError) { folder = try AtomicFolder(path) }

  func begin(_ name: String?) throws(WinnowError) {
    file = try PreparedFile(folder.temporary + "/" + (name ?? "list"))
  }

  func write(_ bytes: [UInt8]) throws(WinnowError) { try file?.write(bytes) }

  func finish() throws(WinnowError) -> FileSeal {
    guard let file else { preconditionFailure("a file is finished before it is begun") }
    let seal = try file.finish()
    try file.place()
    return seal
  }

  func place() throws(WinnowError) { try folder.commit() }
}

/// Gives a list of one file to a function, or only takes its digest.
final class PassedOn: ListDestination {
  private let send: (([UInt8]) throws(WinnowError) -> Void)?
  private var digest = Digest()
  private var size = 0

  init(_ send: (([UInt8]) throws(WinnowError) -> Void)? = nil) { self.send = send }

  func begin(_ name: String?) { (digest, size) = (Digest(), 0) }

  func write(_ bytes: [UInt8]) throws(WinnowError) {
    digest.update(bytes)
    size += bytes.count
    try send?(bytes)
  }

  func finish() -> FileSeal { FileSeal(size: size, digest: digest.hex()) }
}

// A keep list and its header, written and brought to the disk beside their places: when all lists
// of a plan are prepared, nothing but renames is left.

/// What the headers of all lists of one choice share.
typealias SourceFacts = (rowsDigest: String, fingerprint: String)

/// A list and its header that wait for their places; dropped before, they are gone.
final class PreparedList {
  let summary: ManifestSummary
  let contents: ListContents
  /// The list and its header, in that order.
  fileprivate let files: [(path: String, file: any PlacedLater)]

  init(
    _ wanted: ManifestRequest.List, _ source: ManifestSource, _ facts: SourceFacts,
    _ report: @escaping (Int) -> Bool
  ) throws(WinnowError) {
    // Both are begun before either is written.
    let (path, headerPath) = (wanted.output, Provenance.path(of: wanted.output))
    let list: any PlacedLater =
      wanted.format.isFolder ? try PreparedFolder(path) : try PreparedFile(path)
    let header = try PreparedFile(headerPath)
    contents = try source.write(wanted.format, to: list, report)
    guard report(source.count) else { throw .interrupted }
    try header.write(try Provenance.header(wanted, contents, source, facts))
    // A disk that is full for the header must not leave a new list beside an old header.
    _ = try header.finish()
    files = [(path, list), (headerPath, header)]
    summary = ManifestSummary(
      output: path, format: wanted.format, kept: source.count, digest: contents.digest)
  }
}

/// Puts prepared lists in their places, one file after the other, and then finished files.
func place(
  _ lists: [PreparedList], _ files: [(path: String, file: any PlacedLater)] = []
) throws(WinnowError) {
  var done: [String] = []
  for (path, file) in lists.flatMap(\.files) + files {
    do throws(WinnowError) { try file.place() } catch {
      if done.isEmpty { throw error }
      throw .invalid("\(error); already written: \(done.joined(separator: ", "))")
    }
    done.append(path)
  }
}
