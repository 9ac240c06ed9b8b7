// Which metadata columns mean what.  The usual names come from the tools that write such files:
// uid and clip_l14_similarity_score from DataComp, key and caption from img2dataset, image_path
// and similarity from clip-retrieval and LAION, id from NeMo Curator.

import Foundations

/// The metadata columns that are used, by name; nil where there is none.
public struct MetadataColumns: Sendable, Equatable, Codable {
  public var key: String?
  public var caption: String?
  public var similarity: String?
  /// The columns of numbers, in the order of the first file, the similarity among them; key and
  /// caption are none.  At most ``mostNumeric``.
  public var numeric: [String]

  public init(
    key: String? = nil, caption: String? = nil, similarity: String? = nil, numeric: [String] = []
  ) {
    self.key = key
    self.caption = caption
    self.similarity = similarity
    self.numeric = numeric
  }

  /// More columns of numbers than this are left out.
  public static let mostNumeric = 64

  static let keyNames = ["uid", "key", "image_path", "id"]
  static let captionNames = ["caption", "text"]
  static let similarityNames = ["similarity", "clip_l14_similarity_score"]

  /// The columns of numbers that have no other use.
  var furtherNumeric: [String] { numeric.filter { $0 != similarity } }

  /// The names in use as key, caption or similarity, each once.
  var names: [String] {
    var names: [String] = []
    for name in [key, caption, similarity] {
      if let name, !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Chooses among the columns `found` in the first file.
  ///
  /// - Throws: ``WinnowError`` when a column that the user named is not there, or a chosen one
  ///   is there twice.
  init(
    choosingFrom found: [String], of file: MetadataFile, _ options: IngestOptions
  ) throws(WinnowError) {
    func choose(_ named: String?, _ usual: [String]) throws(WinnowError) -> String? {
      guard let name = named ?? usual.first(where: found.contains) else { return nil }
      let count = found.count { $0 == name }
      guard count > 0 else { throw Self.missing(name, found, file) }
      guard count == 1 else {
        throw WinnowError(
          path: file.path, fault: "expected one column '\(name)', found \(count)",
          remedy: "rename the others")
      }
      return name
    }
    key = try choose(options.key, Self.keyNames)
    caption = try choose(options.caption, Self.captionNames)
    similarity = try choose(options.similarity, Self.similarityNames)
    numeric = []
  }

  /// Checks that a further file has what was chosen from the first.
  func check(_ found: [String], of file: MetadataFile) throws(WinnowError) {
    for name in names where !found.contains(name) {
      throw Self.missing(name, found, file)
    }
  }

  private static func missing(
    _ name: String, _ found: [String], _ file: MetadataFile
  ) -> WinnowError {
    let list = found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", ")
    return WinnowError(
      path: file.path, fault: "expected a column '\(name)', found \(list)",
      remedy: "every metadata file needs it: choose another column with --key, --caption or "
        + "--similarity")
  }
}
