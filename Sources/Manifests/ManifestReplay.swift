// `winnow replay`: the list of a header made again from the workspace that it names, and compared
// with the header, and with the list beside it where there is one. The workspace is read byte for
// byte before: what is made of other files is another list, whatever its rows.

import Foundations
import Ingest
import Storage
import Workspace

/// What shall be made again.
public struct ReplayRequest: Sendable {
  /// The list or its header.
  public var manifest: String
  /// Where the workspace is now; nil for where the header says.
  public var workspace: String?
  /// Where the list shall be written to; nil compares and writes nothing.
  public var output: String?
  /// Replace existing files.
  public var force = false
  /// Read the workspace's inputs again, too.
  public var inputs = false
  /// Where inputs are that were moved.
  public var root: String?
  public var threads: Int
  public var programs: IngestOptions

  public init(manifest: String, threads: Int, programs: IngestOptions) {
    self.manifest = manifest
    self.threads = threads
    self.programs = programs
  }
}

/// What a replay came to.
public struct Replay: Sendable, Equatable {
  /// The list.
  public let path: String
  public let format: ManifestFormat
  /// Rows in it.
  public let rows: Int
  /// SHA-256 of the list as it was made now.
  public let digest: String
  /// Whether the bytes are the same, and not only the rows (of Parquet).
  public let isSameBytes: Bool
  /// Whether the list lies beside its header.
  public let isThere: Bool
}

/// Makes a list again.
///
/// - Parameter progress: told the part done; false cancels and leaves everything as it was.
/// - Returns: what was made, when it is the header's list.
/// - Throws: ``WinnowError`` with the difference when header, list, workspace, or inputs are not
///   what they were, or when what is made now is another list.
/// - Complexity: O(bytes of the workspace), and of the export.
public func replay(
  _ request: ReplayRequest, progress: @escaping (Double) -> Bool
) throws(WinnowError) -> Replay {
  let listPath = Provenance.list(of: request.manifest)
  let headerPath = Provenance.path(of: listPath)
  guard pathKind(headerPath) == .file else {
    throw .invalid(
      "\(headerPath): expected the header of a keep list, found nothing; name a list with its "
        + "header beside it, or the header")
  }
  let header = try Provenance.read(headerPath)
  guard try Provenance.isSealed(headerPath) else {
    throw .invalid(
      "\(headerPath): it was changed after it was written: its seal does not match; get the "
        + "original header")
  }
  let isThere = pathKind(listPath) != .nothing
  if isThere {
    let (faults, _) = try compareContents(listPath, header)
    if !faults.isEmpty {
      throw .invalid(
        faults.joined(separator: "\n") + "\n\(listPath): the list is not the one that was written; "
          + "move it away and replay its header with --output")
    }
  }
  let workspace = try openWorkspace(header, headerPath, request)
  guard progress(0) else { throw .interrupted }
  let list = ManifestRequest.List(format: header.list.format, output: request.output ?? "-")
  var export = ManifestRequest(
    workspace: workspace, choice: try header.choice(headerPath, workspace), lists: [list],
    force: request.force, threads: request.threads)
  export.isComplement = header.complement == true
  export.programs = request.programs
  let source = try ManifestSource(export)
  try list.format.writer.check(export)
  let report: (Int) -> Bool = { progress(Double($0) / Double(max(1, source.count))) }
  let digest = rowsDigest(source.rows)
  let contents: ListContents
  if request.output != nil {
    try checkOutputs(export)
    let prepared = try PreparedList(
      list, source, (rowsDigest: digest, fingerprint: header.workspace.fingerprint), report)
    try compare(prepared.contents, digest, source, header, headerPath)
    try place([prepared])
    contents = prepared.contents
  } else {
    contents = try source.write(list.format, to: PassedOn(), report)
    try compare(contents, digest, source, header, headerPath)
  }
  return Replay(
    path: listPath, format: header.list.format, rows: header.rows, digest: contents.digest,
    isSameBytes: contents.digest == header.list.digest, isThere: isThere)
}

private func compare(
  _ contents: ListContents, _ rowsDigest: String, _ source: ManifestSource, _ header: Provenance,
  _ path: String
) throws(WinnowError) {
  var differences: [String] = []
  if source.count != header.rows {
    differences.append("\(header.rows) rows, found \(source.count)")
  }
  if rowsDigest != header.rowsDigest {
    differences.append("rows with SHA-256 \(header.rowsDigest), found \(rowsDigest)")
  }
  if let records = header.list.recordsDigest {
    if contents.recordsDigest != records {
      differences.append(
        "records with SHA-256 \(records), found \(contents.recordsDigest ?? "none")")
    }
  } else if contents.digest != header.list.digest {
    differences.append("a list with SHA-256 \(header.list.digest), found \(contents.digest)")
    if contents.files?.map(\.name) != header.list.files?.map(\.name) {
      differences.append("file names that follow those of the shards, found others")
    }
  }
  guard differences.isEmpty else {
    throw .invalid(
      "\(path): the reproduced list differs: expected "
        + differences.joined(separator: "; expected "))
  }
}

private func openWorkspace(
  _ header: Provenance, _ headerPath: String, _ request: ReplayRequest
) throws(WinnowError) -> OpenWorkspace {
  guard let path = request.workspace ?? header.workspace.path else {
    throw .invalid("\(headerPath): it does not say where its workspace is; add --workspace PATH")
  }
  guard pathKind(path + "/workspace.json") == .file else {
    throw .invalid(
      "\(path): expected the workspace of \(headerPath), found none; give its path with "
        + "--workspace PATH")
  }
  let workspace = try OpenWorkspace(path: path)
  let fingerprint = try workspace.computedFingerprint()
  guard fingerprint == header.workspace.fingerprint else {
    var text =
      "\(path): expected the workspace with fingerprint \(header.workspace.fingerprint), found "
      + "\(fingerprint)"
    let pairs = [
      ("rows", header.workspace.rows, workspace.rows),
      ("candidates", header.workspace.candidates, workspace.candidates),
      ("concepts", header.workspace.clusters, workspace.clusters),
    ]
    for (name, before, now) in pairs where before != now {
      text += "\n\(path): it had \(before) \(name) and now has \(now)"
    }
    if header.workspace.clustering != workspace.clustering {
      text += "\n\(path)/centroids.npy: the concepts are different"
    }
    for fault in (try? workspace.recordFaults()) ?? [] { text += "\n\(fault)" }
    throw .invalid(text + "\n\(headerPath): the list was made from another workspace")
  }
  if request.inputs {
    let found = try workspace.verifyInputs(root: request.root, threads: request.threads)
    if !found.faults.isEmpty {
      throw .invalid(
        found.faults.joined(separator: "\n")
          + "\n\(headerPath): the inputs of its workspace have changed")
    }
  }
  return workspace
}

extension Replay {
  /// What came of it, a line for people.
  public func summary(output: String?) -> String {
    let same = isSameBytes ? "the same bytes" : "the same rows in other bytes"
    let rest =
      output.map { ", written to \($0)" }
      ?? (isThere ? "" : "; the list itself is not there, --output writes it")
    return "\(path): made again: \(rows) rows, format \(format.rawValue), \(same), SHA-256 "
      + "\(digest)\(rest)\n"
  }
}

/// The choice of a list, for the workspace that it was made from.
///
/// - Parameter path: the list or its header.
/// - Throws: ``WinnowError`` when there is no header, or it is of another workspace.
public func manifestChoice(
  _ path: String, _ workspace: OpenWorkspace
) throws(WinnowError) -> RowChoice {
  let headerPath = Provenance.path(of: Provenance.list(of: path))
  let header = try Provenance.read(headerPath)
  let fingerprint = try workspace.fingerprint()
  guard header.workspace.fingerprint == fingerprint else {
    throw .invalid(
      "\(headerPath): expected a list of \(workspace.path) (fingerprint \(fingerprint)), found one "
        + "of \(header.workspace.name) (\(header.workspace.fingerprint)); name that workspace")
  }
  return try header.choice(headerPath, workspace)
}

/// Whether a folder is a list of files, by its header.
public func isList(_ path: String) -> Bool {
  pathKind(path + "/workspace.json") != .file && pathKind(Provenance.path(of: path)) == .file
}
