// A keep list and its header, written and brought to the disk beside their places: when all lists
// of a plan are prepared, nothing but renames is left.

import Pruning
import Storage
import Workspace

/// What the headers of all lists of one plan share.
struct SourceFacts {
  let rowsDigest: String
  let fingerprint: String
}

/// Two files that wait for their places; dropped before, they are gone.
final class PreparedList {
  let summary: ManifestSummary
  private let list: PreparedFile
  private let header: PreparedFile

  /// Writes both files.
  init(
    _ wanted: ManifestRequest.List, _ source: ManifestSource, _ facts: SourceFacts,
    _ report: @escaping (Int) -> Bool
  ) throws(ManifestError) {
    // Both files are begun before either is written.
    let list = try storing { () throws(StorageError) in try PreparedFile(wanted.output) }
    let header = try storing { () throws(StorageError) in
      try PreparedFile(Provenance.path(of: wanted.output))
    }
    var sink = ManifestSink(
      send: { (bytes) throws(ManifestError) in
        try storing { () throws(StorageError) in try list.file.write(bytes) }
      }, report: report)
    try wanted.format.writer.write(source, to: &sink)
    try sink.flush()
    guard report(source.count) else { throw .interrupted }
    let seal = try storing { () throws(StorageError) in try list.file.finish() }
    let bytes = try Self.provenance(wanted, seal, source, facts)
    try storing { () throws(StorageError) in
      try header.file.write(bytes)
      // A disk that is full for the header must not leave a new list beside an old header.
      _ = try header.file.finish()
    }
    (self.list, self.header) = (list, header)
    summary = ManifestSummary(
      output: wanted.output, format: wanted.format, kept: source.count, digest: seal.digest)
  }

  fileprivate var files: [PreparedFile] { [list, header] }

  private static func provenance(
    _ wanted: ManifestRequest.List, _ seal: FileSeal, _ source: ManifestSource,
    _ facts: SourceFacts
  ) throws(ManifestError) -> [UInt8] {
    let workspace = source.workspace
    var plan = source.plan
    plan.clustering = workspace.clustering
    let command = [
      "winnow", "export", workspace.path, "--plan", Provenance.path(of: wanted.output), "--format",
      wanted.format.rawValue, "--output", wanted.output, "--force",
    ]
    let provenance = Provenance(
      format: Provenance.currentFormat,
      list: .init(
        format: wanted.format, name: lastComponent(wanted.output), size: seal.size,
        digest: seal.digest),
      kept: source.count, rowsDigest: facts.rowsDigest,
      workspace: .init(
        name: workspace.name, fingerprint: facts.fingerprint, clustering: workspace.clustering,
        rows: workspace.rows, candidates: workspace.candidates, clusters: workspace.clusters),
      command: command.map(shellQuoted).joined(separator: " "))
    return try provenance.json(plan)
  }
}

/// An ``AtomicFile`` that closures can share.
private final class PreparedFile {
  var file: AtomicFile

  init(_ path: String) throws(StorageError) { file = try AtomicFile(path) }
}

/// Puts prepared lists in their places, one file after the other.
func place(_ lists: [PreparedList]) throws(ManifestError) {
  var done: [String] = []
  for prepared in lists.flatMap(\.files) {
    do throws(StorageError) { _ = try prepared.file.commit() } catch {
      if done.isEmpty { throw .storage(error) }
      throw .invalid("\(error); new before that failed: \(done.joined(separator: ", "))")
    }
    done.append(prepared.file.path)
  }
}
