// A keep list and its header, written and brought to the disk beside their places: when all lists
// of a plan are prepared, nothing but renames is left.

import Foundations

/// What the headers of all lists of one choice share.
struct SourceFacts {
  let rowsDigest: String
  let fingerprint: String
}

/// A list and its header that wait for their places; dropped before, they are gone.
final class PreparedList {
  let summary: ManifestSummary
  /// What was written.
  let contents: ListContents
  private enum Body {
    case file(PreparedFile)
    case folder(PreparedFolder)
  }
  private let body: Body
  private let header: PreparedFile
  private let paths: (list: String, header: String)

  /// Writes both.
  init(
    _ wanted: ManifestRequest.List, _ source: ManifestSource, _ facts: SourceFacts,
    _ report: @escaping (Int) -> Bool
  ) throws(WinnowError) {
    // Both are begun before either is written.
    paths = (wanted.output, Provenance.path(of: wanted.output))
    body =
      wanted.format.isFolder
      ? .folder(try PreparedFolder(wanted.output)) : .file(try PreparedFile(wanted.output))
    let header = try PreparedFile(paths.header)
    let destination: any ListDestination =
      switch body {
      case .file(let file): file
      case .folder(let folder): folder
      }
    contents = try source.write(wanted.format, to: destination, report)
    guard report(source.count) else { throw .interrupted }
    try header.write(try Provenance.header(wanted, contents, source, facts))
    // A disk that is full for the header must not leave a new list beside an old header.
    _ = try header.finish()
    self.header = header
    summary = ManifestSummary(
      output: wanted.output, format: wanted.format, kept: source.count, digest: contents.digest)
  }

  /// What puts both in their places, in that order.
  fileprivate var steps: [(path: String, place: () throws(WinnowError) -> Void)] {
    let list: () throws(WinnowError) -> Void =
      switch body {
      case .file(let file): { () throws(WinnowError) in try file.place() }
      case .folder(let folder): { () throws(WinnowError) in try folder.place() }
      }
    let header = header
    return [(paths.list, list), (paths.header, { () throws(WinnowError) in try header.place() })]
  }
}

/// Puts prepared lists in their places, one file after the other, and then finished files.
func place(
  _ lists: [PreparedList], _ files: [(String, PreparedFile)] = []
) throws(WinnowError) {
  var done: [String] = []
  let others = files.map { path, file in
    (path: path, place: { () throws(WinnowError) in try file.place() })
  }
  for step in lists.flatMap(\.steps) + others {
    do throws(WinnowError) { try step.place() } catch {
      if done.isEmpty { throw error }
      throw .invalid("\(error); new before that failed: \(done.joined(separator: ", "))")
    }
    done.append(step.path)
  }
}
