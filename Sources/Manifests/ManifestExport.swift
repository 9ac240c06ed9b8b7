// `winnow export` and the explorer's commit: quotas, kept rows, the list and its header.

import Pruning
import Storage
import Workspace

/// What shall be written.
public struct ManifestRequest: Sendable {
  public var workspace: OpenWorkspace
  public var plan: Plan
  public var format: ManifestFormat
  /// A path, or `-` for standard output (then without a header).
  public var output: String
  /// Replace existing files.
  public var force: Bool
  public var threads: Int

  public init(
    workspace: OpenWorkspace, plan: Plan, format: ManifestFormat, output: String, force: Bool,
    threads: Int
  ) {
    self.workspace = workspace
    self.plan = plan
    self.format = format
    self.output = output
    self.force = force
    self.threads = threads
  }
}

/// What was written.
public struct ManifestSummary: Sendable, Equatable {
  public let output: String
  public let format: ManifestFormat
  /// Rows in the list.
  public let kept: Int
  /// SHA-256 of the list; empty for standard output.
  public let digest: String
}

/// Writes a keep list and its header; both appear whole or not at all.
///
/// The same workspace and plan give the same bytes.
///
/// - Parameters:
///   - standardOutput: takes the bytes when the output is `-`.
///   - progress: told the part done, 0 to 1; false cancels and leaves everything as it was.
/// - Throws: ``ManifestError``
/// - Complexity: O(kept rows) time for `rows`; see each format.
public func export(
  _ request: ManifestRequest, standardOutput: ([UInt8]) throws(StorageError) -> Void,
  progress: @escaping (Double) -> Bool
) throws(ManifestError) -> ManifestSummary {
  let workspace = request.workspace
  try request.format.writer.check(workspace)
  let quotas: Quotas
  do throws(PlanError) {
    quotas = try QuotaSolver(scores: workspace.scores).solve(request.plan)
  } catch { throw .plan(error) }
  if request.output != "-" { try checkOutput(request) }
  guard progress(0) else { throw .interrupted }
  let kept = try reading { () throws(WorkspaceError) in
    try workspace.keptRows(quotas.quota, request.plan, threads: request.threads)
  }
  let source = ManifestSource(
    workspace: workspace, plan: request.plan, quotas: quotas.quota, kept: kept,
    count: kept.count)
  guard source.count == request.plan.target else {
    throw .invalid(
      "\(workspace.path)/members.npy: \(request.plan.target) rows were to be kept, "
        + "\(source.count) different ones were found; the workspace is damaged: build it again")
  }
  let report = { (rows: Int) in progress(Double(rows) / Double(max(1, source.count))) }
  if request.output == "-" {
    try withoutActuallyEscaping(standardOutput) { (send) throws(ManifestError) in
      var sink = ManifestSink(
        send: { (bytes) throws(ManifestError) in
          try storing { () throws(StorageError) in try send(bytes) }
        }, report: report)
      try request.format.writer.write(source, to: &sink)
      try sink.flush()
    }
    return ManifestSummary(
      output: "-", format: request.format, kept: source.count, digest: "")
  }
  return try writeFiles(request, source, report)
}

/// Why no keep list can be written to `path` at all, and what to do; nil when one can.
///
/// A list inside its workspace would be damage to it, and lost when it is built again.
public func outputObstacle(_ path: String, workspace: OpenWorkspace) -> String? {
  let folder = resolvedPath(parentFolder(path)) + "/"
  if path.isEmpty { return "expected a file's name, found an empty one; choose another --output" }
  if folder.hasPrefix(resolvedPath(workspace.path) + "/") {
    return "it is inside the workspace; choose an --output beside it"
  }
  return switch pathKind(path) {
  case .folder: "expected a file or nothing, found a folder; name a file in it with --output"
  case .special: "expected a file or nothing, found a device or a pipe; use -o - for a pipe"
  case .file, .nothing: nil
  }
}

private func checkOutput(_ request: ManifestRequest) throws(ManifestError) {
  let paths = [request.output, Provenance.path(of: request.output)]
  for path in paths {
    if let obstacle = outputObstacle(path, workspace: request.workspace) {
      throw .invalid("\(path): \(obstacle)")
    }
  }
  guard !request.output.hasSuffix(".winnow.json") else {
    throw .invalid(
      "\(request.output): the names of headers end with .winnow.json; choose another --output")
  }
  if request.force { return }
  for path in paths where pathKind(path) != .nothing {
    throw .invalid("\(path): the file exists; replace it with --force or choose another --output")
  }
}

/// An ``AtomicFile`` that closures can share.
private final class ListFile {
  var file: AtomicFile

  init(_ path: String) throws(StorageError) { file = try AtomicFile(path) }
}

private func writeFiles(
  _ request: ManifestRequest, _ source: ManifestSource, _ report: @escaping (Int) -> Bool
) throws(ManifestError) -> ManifestSummary {
  // Both files are begun before either takes its place.
  let list = try storing { () throws(StorageError) in try ListFile(request.output) }
  let header = try storing { () throws(StorageError) in
    try ListFile(Provenance.path(of: request.output))
  }
  var sink = ManifestSink(
    send: { (bytes) throws(ManifestError) in
      try storing { () throws(StorageError) in try list.file.write(bytes) }
    }, report: report)
  try request.format.writer.write(source, to: &sink)
  try sink.flush()
  let workspace = source.workspace
  var plan = request.plan
  plan.clustering = workspace.clustering
  let fingerprint = try reading { () throws(WorkspaceError) in try workspace.fingerprint() }
  guard report(source.count) else { throw .interrupted }
  let seal = try storing { () throws(StorageError) in try list.file.finish() }
  let name = lastComponent(request.output)
  let provenance = Provenance(
    format: Provenance.currentFormat,
    list: .init(format: request.format, name: name, size: seal.size, digest: seal.digest),
    kept: source.count, rowsDigest: rowsDigest(source.kept),
    workspace: .init(
      name: workspace.name, fingerprint: fingerprint, clustering: workspace.clustering,
      rows: workspace.rows, candidates: workspace.candidates, clusters: workspace.clusters),
    command: [
      "winnow", "export", workspace.path, "--plan", Provenance.path(of: request.output), "--format",
      request.format.rawValue, "--output", request.output, "--force",
    ].map(shellQuoted).joined(separator: " "))
  let bytes = try provenance.json(plan)
  try storing { () throws(StorageError) in
    try header.file.write(bytes)
    // A disk that is full for the header must not leave a new list beside an old header.
    _ = try header.file.finish()
    _ = try list.file.commit()
    _ = try header.file.commit()
  }
  return ManifestSummary(
    output: request.output, format: request.format, kept: source.count, digest: seal.digest)
}

/// SHA-256 of rows as little-endian u8, ascending.
func rowsDigest(_ rows: RowSet) -> String {
  var digest = Digest()
  var buffer: [UInt64] = []
  for row in rows {
    buffer.append(UInt64(row).littleEndian)
    if buffer.count == 8192 {
      buffer.withUnsafeBytes { digest.update($0) }
      buffer.removeAll(keepingCapacity: true)
    }
  }
  buffer.withUnsafeBytes { digest.update($0) }
  return digest.hex()
}

/// A word as a POSIX shell reads it back.
func shellQuoted(_ word: String) -> String {
  let plain = word.utf8.allSatisfy {
    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
      || [0x2D, 0x2E, 0x2F, 0x5F, 0x2C, 0x3D, 0x25, 0x2B].contains($0)
  }
  if plain && !word.isEmpty { return word }
  // By scalars: an apostrophe and a combining mark after it are one Character.
  var quoted = "'".unicodeScalars
  for scalar in word.unicodeScalars {
    if scalar == "'" { quoted.append(contentsOf: "'\\'".unicodeScalars) }
    quoted.append(scalar)
  }
  return String(quoted) + "'"
}
