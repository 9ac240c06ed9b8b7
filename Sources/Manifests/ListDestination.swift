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
