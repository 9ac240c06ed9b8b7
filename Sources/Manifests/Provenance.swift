// NAME.winnow.json: what a keep list is and how to make it again.  No times in it: the same list
// has the same header.

import FoundationEssentials
import Pruning
import Storage
import Workspace

/// What stands beside a keep list, its plan aside.
public struct Provenance: Codable, Equatable, Sendable {
  public static let currentFormat = 1

  public struct List: Codable, Equatable, Sendable {
    public var format: ManifestFormat
    /// The file's own name.
    public var name: String
    public var size: Int
    /// SHA-256 of the file.
    public var digest: String
  }

  public struct Source: Codable, Equatable, Sendable {
    public var name: String
    public var fingerprint: String
    /// SHA-256 of its centroids.
    public var clustering: String
    public var rows: Int
    public var candidates: Int
    public var clusters: Int
  }

  public var format: Int
  public var list: List
  /// Rows in the list.
  public var kept: Int
  /// SHA-256 of the kept rows as little-endian u8, ascending.
  public var rowsDigest: String
  public var workspace: Source
  /// What makes the list again.
  public var command: String

  enum CodingKeys: String, CodingKey {
    case format, list, kept, workspace, command
    case rowsDigest = "rows-digest"
  }

  /// Where the header of the list `path` lies.
  public static func path(of list: String) -> String { list + ".winnow.json" }

  /// The header with its plan.
  func json(_ plan: Plan) throws(ManifestError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let encoded = try? encoder.encode(self) else {
      throw .invalid("cannot write the header as JSON")
    }
    // The plan is written by its own hand, so that it can be cut out and used as it is.
    let plan = String(decoding: plan.json(), as: UTF8.self).split(separator: "\n")
      .joined(separator: "\n    ")
    let text = String(decoding: encoded, as: UTF8.self).dropLast(2)
    let sealed = Array("\(text),\n  \"plan\" : \(plan),\n".utf8)
    return sealed + Self.seal(of: sealed)
  }

  /// The last field: the SHA-256 of all bytes before it, so that a change anywhere shows.
  private static func seal(of bytes: [UInt8]) -> [UInt8] {
    var digest = Digest()
    digest.update(bytes)
    return Array("  \"seal\" : \"\(digest.hex())\"\n}\n".utf8)
  }

  /// Whether a header's bytes are those that were once written.
  ///
  /// - Complexity: O(bytes)
  static func isSealed(_ path: String) throws(ManifestError) -> Bool {
    let bytes = try storing { () throws(StorageError) in
      try InputFile.contents(of: path, limit: 1 << 30)
    }
    let before = Array(bytes.dropLast(seal(of: []).count))
    return bytes == before + seal(of: before)
  }

  /// - Throws: ``ManifestError`` that names the file and what is wrong with it.
  static func read(_ path: String) throws(ManifestError) -> Provenance {
    let bytes = try storing { () throws(StorageError) in
      try InputFile.contents(of: path, limit: 1 << 30)
    }
    struct Version: Codable { var format: Int }
    let decoder = JSONDecoder()
    guard let version = try? decoder.decode(Version.self, from: Data(bytes)) else {
      throw .invalid("\(path): expected the JSON header of a keep list; it is damaged")
    }
    guard version.format == currentFormat else {
      throw .invalid(
        "\(path): expected format \(currentFormat), found \(version.format); it was written by "
          + "another winnow: use that one")
    }
    guard let header = try? decoder.decode(Provenance.self, from: Data(bytes)) else {
      throw .invalid("\(path): expected the JSON header of a keep list; it is damaged")
    }
    guard header.kept >= 0, header.kept <= header.workspace.candidates,
      header.workspace.candidates <= header.workspace.rows
    else {
      throw .invalid(
        "\(path): expected kept, candidates and rows to rise, found \(header.kept), "
          + "\(header.workspace.candidates) and \(header.workspace.rows); it is damaged")
    }
    return header
  }
}
