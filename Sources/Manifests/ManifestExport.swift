// `winnow export` and the explorer's commit: quotas, kept rows, the list and its header.

import Foundations
import Ingest
import Pruning
import Storage
import Workspace

/// What shall be written.
public struct ManifestRequest: Sendable {
  /// A list of the plan in one format.
  public struct List: Sendable, Equatable {
    public var format: ManifestFormat
    /// A path, or `-` for standard output (then without a header).
    public var output: String

    public init(format: ManifestFormat, output: String) {
      self.format = format
      self.output = output
    }
  }

  public var workspace: OpenWorkspace
  public var choice: RowChoice
  /// At least one; only a single one may go to standard output.
  public var lists: [List]
  /// Replace existing files.
  public var force: Bool
  public var threads: Int
  /// List all rows of the data set that are not kept, instead of those that are.
  public var isComplement = false
  /// Where the program that writes Parquet is.
  public var programs = IngestOptions(environment: [:])
  /// Rows whose places are held at a time, 8 bytes each, where a format needs them.
  package var window = 1 << 24

  public init(
    workspace: OpenWorkspace, choice: RowChoice, lists: [List], force: Bool, threads: Int
  ) {
    precondition(!lists.isEmpty && (lists.count == 1 || !lists.contains { $0.output == "-" }))
    self.workspace = workspace
    self.choice = choice
    self.lists = lists
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

/// Writes keep lists of one plan with their headers; all of them appear whole or none does.
///
/// The same workspace and plan give the same bytes.
///
/// - Parameters:
///   - standardOutput: takes the bytes when the output is `-`.
///   - progress: told the part done over all lists, 0 to 1; false cancels and leaves everything as
///     it was.
/// - Returns: one summary a list, in their order.
/// - Throws: ``WinnowError``. Should a finished file not get its place after another one has,
///   the error names those that did.
/// - Complexity: O(kept rows) time for `rows`; see each format.
public func export(
  _ request: ManifestRequest, standardOutput: ([UInt8]) throws(WinnowError) -> Void,
  progress: @escaping (Double) -> Bool
) throws(WinnowError) -> [ManifestSummary] {
  let workspace = request.workspace
  for list in request.lists {
    try list.format.writer.check(request)
    if list.output == "-", list.format.isFolder {
      throw .invalid(
        "-: --format \(list.format.rawValue) is a folder of files, which cannot go to standard "
          + "output; name one with --output")
    }
  }
  if let plan = request.choice.plan { _ = try workspace.quotas(of: plan) }
  try checkOutputs(request)
  guard progress(0) else { throw .interrupted }
  let source = try ManifestSource(request)
  let whole = Double(max(1, source.count)) * Double(request.lists.count)
  func report(_ list: Int) -> (Int) -> Bool {
    { rows in progress((Double(list) * Double(source.count) + Double(rows)) / whole) }
  }
  if request.lists[0].output == "-" {
    let format = request.lists[0].format
    try withoutActuallyEscaping(standardOutput) { (send) throws(WinnowError) in
      _ = try source.write(format, to: PassedOn(send), report(0))
    }
    return [ManifestSummary(output: "-", format: format, kept: source.count, digest: "")]
  }
  let facts = (rowsDigest: rowsDigest(source.rows), fingerprint: try workspace.fingerprint())
  var prepared: [PreparedList] = []
  for (index, list) in request.lists.enumerated() {
    prepared.append(try PreparedList(list, source, facts, report(index)))
  }
  try place(prepared)
  return prepared.map(\.summary)
}

/// Why no keep list can be written to `path` at all, and what to do; nil when one can.
///
/// A list inside its workspace would be damage to it, and lost when it is built again.
public func outputObstacle(
  _ path: String, format: ManifestFormat, workspace: OpenWorkspace
) -> String? {
  // A folder may be named with a slash at its end.
  if format.isFolder { return folderObstacle(withoutTrailingSlashes(path), workspace) }
  return fileObstacle(path, workspace)
}

/// Why no folder of files can be written to `path`; nil when one can.
///
/// Only a folder that an export made may be replaced: its header lists all that is in it.
private func folderObstacle(_ path: String, _ workspace: OpenWorkspace) -> String? {
  guard pathKind(path) == .folder else {
    if pathKind(path) == .file {
      return "expected a folder or nothing, found a file; choose another --output"
    }
    return fileObstacle(path, workspace)
  }
  let inside = resolvedPath(path) + "/"
  let place = resolvedPath(workspace.path) + "/"
  if inside.hasPrefix(place) || place.hasPrefix(inside) {
    return "it is the workspace's folder; choose an --output beside it"
  }
  let names = (try? namesInFolder(path)) ?? ["?"]
  let header = try? Provenance.read(Provenance.path(of: path))
  guard Set(names).isSubset(of: Set(header?.list.files?.map(\.name) ?? [])) else {
    return "expected a folder of an earlier export or nothing, found a folder with other files; "
      + "choose another --output"
  }
  return nil
}

private func fileObstacle(_ path: String, _ workspace: OpenWorkspace) -> String? {
  let folder = resolvedPath(parentFolder(path)) + "/"
  if path.isEmpty { return "expected a file name, found an empty one; choose another --output" }
  if folder.hasPrefix(resolvedPath(workspace.path) + "/") {
    return "it is inside the workspace; choose an --output beside it"
  }
  return switch pathKind(path) {
  case .folder: "expected a file or nothing, found a folder; name a file in it with --output"
  case .special: "expected a file or nothing, found a device or a pipe; use -o - for a pipe"
  case .file, .nothing: nil
  }
}

func checkOutputs(_ request: ManifestRequest) throws(WinnowError) {
  var taken: Set<String> = []
  for list in request.lists where list.output != "-" {
    try checkOutput(list.output, list.format, request)
    guard taken.insert(resolvedPath(list.output)).inserted else {
      throw .invalid("\(list.output): two lists cannot share one file; give each its own name")
    }
  }
}

private func checkOutput(
  _ output: String, _ format: ManifestFormat, _ request: ManifestRequest
) throws(WinnowError) {
  let paths = [output, Provenance.path(of: output)]
  for (path, format) in zip(paths, [format, .text]) {
    if let obstacle = outputObstacle(path, format: format, workspace: request.workspace) {
      throw .invalid("\(path): \(obstacle)")
    }
  }
  guard !output.hasSuffix(".winnow.json") else {
    throw .invalid(
      "\(output): names that end with .winnow.json are for headers; choose another --output")
  }
  if request.force { return }
  for path in paths where pathKind(path) != .nothing {
    throw .invalid("\(path): the file exists; replace it with --force or choose another --output")
  }
}

/// SHA-256 of rows as little-endian u8, ascending.
func rowsDigest(_ rows: RowSet) -> String {
  var digest = RowsDigest()
  for row in rows { digest.take(UInt64(row)) }
  return digest.hex()
}
