// NAME.winnow.json: what a keep list is and how to make it again.  No times in it: the same list
// has the same header.

import Foundations
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
    /// SHA-256 of the file; of a folder, of the lines `SHA-256  NAME` of its files by name.
    public var digest: String
    /// The files of a list that is a folder, in the order of the rows.
    public var files: [ListFile]?
    /// SHA-256 of the same rows as JSON lines, where equal rows may have other bytes (Parquet).
    public var recordsDigest: String?

    enum CodingKeys: String, CodingKey {
      case format, name, size, digest, files
      case recordsDigest = "records-digest"
    }
  }

  /// What chose the rows of a list that no plan made.
  public struct Arm: Codable, Equatable, Sendable {
    public enum Name: String, Codable, Sendable {
      case random, similarity
    }

    public var name: Name
    /// Rows to keep.
    public var target: Int
    /// Of `random`.
    public var selectionSeed: UInt64?

    enum CodingKeys: String, CodingKey {
      case name, target
      case selectionSeed = "selection-seed"
    }
  }

  public struct Source: Codable, Equatable, Sendable {
    public var name: String
    /// As it was given; nil in headers of older programs.
    public var path: String?
    public var fingerprint: String
    /// SHA-256 of its centroids.
    public var clustering: String
    public var rows: Int
    public var candidates: Int
    public var clusters: Int
  }

  public var format: Int
  public var list: List
  /// Rows that are kept.
  public var kept: Int
  /// True where the list holds all other rows of the data set; else missing.
  public var complement: Bool?
  /// Where no plan made the list.
  public var arm: Arm?
  /// SHA-256 of the list's rows as little-endian u8, ascending.
  public var rowsDigest: String
  public var workspace: Source
  /// What makes the list again.
  public var command: String

  enum CodingKeys: String, CodingKey {
    case format, list, kept, complement, arm, workspace, command
    case rowsDigest = "rows-digest"
  }

  static let ending = ".winnow.json"

  /// Where the header of the list `path` lies.
  public static func path(of list: String) -> String { withoutTrailingSlashes(list) + ending }

  /// The list whose header is `path`, or `path` itself.
  static func list(of path: String) -> String {
    path.hasSuffix(ending)
      ? String(path.dropLast(ending.count)) : withoutTrailingSlashes(path)
  }

  /// Rows in the list.
  public var rows: Int { complement == true ? workspace.rows - kept : kept }

  /// The header with its plan, if it has one.
  func json(_ plan: Plan?) throws(WinnowError) -> [UInt8] {
    // The plan is written by its own hand, so that it can be cut out and used as it is.
    let text = String(decoding: try encodeJSON(self), as: UTF8.self).dropLast(3)
    let written = plan.map { plan in
      ",\n  \"plan\" : "
        + String(decoding: plan.json(), as: UTF8.self).split(separator: "\n")
        .joined(separator: "\n    ")
    }
    let sealed = Array("\(text)\(written ?? ""),\n".utf8)
    return sealed + Self.seal(of: sealed)
  }

  /// The last field: the SHA-256 of all bytes before it, so that a change anywhere shows.
  private static func seal(of bytes: [UInt8]) -> [UInt8] {
    Array("  \"seal\" : \"\(Digest.hex(of: bytes))\"\n}\n".utf8)
  }

  /// Whether a header's bytes are those that were once written.
  ///
  /// - Complexity: O(bytes)
  static func isSealed(_ path: String) throws(WinnowError) -> Bool {
    let bytes = try InputFile.contents(of: path, limit: 1 << 30)
    let before = Array(bytes.dropLast(seal(of: []).count))
    return bytes == before + seal(of: before)
  }

  /// - Throws: ``WinnowError`` that names the file and what is wrong with it.
  static func read(_ path: String) throws(WinnowError) -> Provenance {
    let bytes = try InputFile.contents(of: path, limit: 1 << 30)
    struct Version: Codable { var format: Int }
    guard let version = decodeJSON(Version.self, bytes) else {
      throw .invalid("\(path): expected the JSON header of a keep list; it is damaged")
    }
    guard version.format == currentFormat else {
      throw .invalid(
        "\(path): expected format \(currentFormat), found \(version.format); it was written by "
          + "another version of winnow: use that version")
    }
    guard let header = decodeJSON(Provenance.self, bytes) else {
      throw .invalid("\(path): expected the JSON header of a keep list; it is damaged")
    }
    guard header.kept >= 0, header.kept <= header.workspace.candidates,
      header.workspace.candidates <= header.workspace.rows
    else {
      throw .invalid(
        "\(path): expected kept <= candidates <= rows, found \(header.kept), "
          + "\(header.workspace.candidates) and \(header.workspace.rows); it is damaged")
    }
    return header
  }
}

extension Provenance {
  static func header(
    _ wanted: ManifestRequest.List, _ contents: ListContents, _ source: ManifestSource,
    _ facts: SourceFacts
  ) throws(WinnowError) -> [UInt8] {
    let workspace = source.workspace
    let header = Self.path(of: wanted.output)
    var plan = source.choice.plan
    plan?.clustering = workspace.clustering
    let arm: Arm? =
      switch source.choice {
      case .plan: nil
      case .random(let target, let seed): Arm(name: .random, target: target, selectionSeed: seed)
      case .similarity(let target): Arm(name: .similarity, target: target)
      }
    let start =
      plan == nil
      ? ["replay", header]
      : ["export", workspace.path, "--plan", header, "--format", wanted.format.rawValue]
    let command =
      ["winnow"] + start + ["--output", wanted.output, "--force"]
      + (plan != nil && source.isComplement ? ["--complement"] : [])
    let provenance = Provenance(
      format: currentFormat,
      list: .init(
        format: wanted.format, name: lastComponent(wanted.output), size: contents.size,
        digest: contents.digest, files: contents.files, recordsDigest: contents.recordsDigest),
      kept: source.choice.target, complement: source.isComplement ? true : nil, arm: arm,
      rowsDigest: facts.rowsDigest,
      workspace: .init(
        name: workspace.name, path: workspace.path, fingerprint: facts.fingerprint,
        clustering: workspace.clustering, rows: workspace.rows, candidates: workspace.candidates,
        clusters: workspace.clusters),
      command: command.map(shellQuoted).joined(separator: " "))
    return try provenance.json(plan)
  }

  /// What chose the rows of the list: the header's plan or its arm.
  ///
  /// - Parameter path: the header's file.
  /// - Throws: ``WinnowError`` when neither is there, or the plan does not fit the workspace.
  func choice(_ path: String, _ workspace: OpenWorkspace) throws(WinnowError) -> RowChoice {
    switch arm {
    case nil:
      return .plan(try workspace.readPlan(path))
    case let arm? where arm.name == .similarity: return .similarity(target: arm.target)
    case let arm?:
      guard let seed = arm.selectionSeed else {
        throw .invalid("\(path): arm: expected a selection-seed, found none; it is damaged")
      }
      return .random(target: arm.target, seed: seed)
    }
  }
}
