// A keep list and its header, written and brought to the disk beside their places: when all lists
// of a plan are prepared, nothing but renames is left.

import Foundations

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
      throw .invalid("\(error); new before that failed: \(done.joined(separator: ", "))")
    }
    done.append(path)
  }
}
