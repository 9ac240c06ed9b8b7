// A workspace that is open for reading.  Opening looks at headers, lengths and the O(k) arrays;
// everything else is mapped and checked where it is read.

import Foundations
import Pruning
import Storage
import Synchronization

/// A workspace, open; any thread may read it.
///
/// - Complexity: opening is O(k * dimensions).
public final class OpenWorkspace: Sendable {
  /// The folder, as it was given.
  public let path: String
  /// The folder's own name.
  public let name: String
  public let description: WorkspaceDescription
  /// Size, d_intra, d_inter and complexity of every cluster.
  public let scores: ConceptScores
  /// SHA-256 of `centroids.npy`, which plans with overrides are bound to; the build recorded it.
  public let clustering: String
  let offsets: [Int]
  let members: MemberRows
  let distances: MappedArray<Float>
  let keys: KeyColumn?
  let captions: StringColumn?
  let similarities: MappedArray<Float>?
  /// What the metadata's columns of numbers come to in each concept; nil where there are none.
  public let numeric: NumericColumns?
  let namesOnce = Mutex<ConceptNames?>(nil)
  /// What pages of the order `similarity` were last made from, the falling bits of one concept's
  /// similarities: reading them is a random access a row, which the next page should not pay again.
  let similarityOnce = Mutex<(cluster: Int, falling: [UInt32])?>(nil)

  public var rows: Int { description.rows }
  public var candidates: Int { description.candidates }
  public var clusters: Int { description.clusters }
  public var dimensions: Int { description.dimensions }
  public var hasKeys: Bool { keys != nil }
  public var hasHexKeys: Bool { keys?.isHex ?? false }
  public var hasCaptions: Bool { captions != nil }
  public var hasSimilarity: Bool { similarities != nil }

  /// - Throws: ``WinnowError`` that names the file and the fault: no workspace, a newer format,
  ///   another distance, an array that is missing, damaged or does not fit the others.
  public init(path: String) throws(WinnowError) {
    guard pathKind(path) == .folder, pathKind(path + "/workspace.json") == .file else {
      throw .invalid(
        "\(path): expected a workspace (a folder with workspace.json), found "
          + (pathKind(path) == .nothing ? "nothing" : "none")
          + "; create one with winnow build")
    }
    self.path = path
    // `laion.winnow` is shown as `laion`.
    let folder = lastComponent(path)
    let hasSuffix = folder.hasSuffix(".winnow") && folder.count > 7
    name = hasSuffix ? String(folder.dropLast(7)) : folder
    let description = try WorkspaceDescription.read(path + "/workspace.json")
    self.description = description
    let (k, n) = (description.clusters, description.candidates)
    // Far above what a disk holds, far below what arithmetic on counts could overflow at.
    let most = 1 << 48
    guard 1...most ~= k, n >= 1, n...max(n, most) ~= description.rows,
      1...most ~= description.dimensions
    else {
      throw damaged(path + "/workspace.json", "its counts are not valid")
    }
    let offsets = try Self.readOffsets(path + "/offsets.npy", clusters: k, candidates: n)
    self.offsets = offsets
    scores = try Self.readScores(path + "/clusters.npy", offsets)
    _ = try MappedArray<Float>(
      path + "/centroids.npy", type: .float32, shape: [k, description.dimensions])
    let digest = Self.recordedDigest("centroids.npy", in: path)
    clustering = if let digest { digest } else { try Digest.ofFile(path + "/centroids.npy") }
    members = try MemberRows(path + "/members.npy", rows: description.rows, candidates: n)
    distances = try MappedArray(path + "/distances.npy", type: .float32, shape: [n])
    let columns = description.columns
    keys =
      if let kind = columns.keyKind {
        try KeyColumn(folder: path + "/keys", kind: kind, rows: description.rows)
      } else { nil }
    captions =
      columns.caption == nil
      ? nil : try StringColumn(folder: path + "/captions", rows: description.rows)
    similarities =
      columns.similarity == nil
      ? nil : try MappedArray(path + "/similarity.npy", type: .float32, shape: [description.rows])
    numeric = try Self.openNumeric(path, description, sizes: scores.size)
  }

  /// Cluster j owns positions `offset(j) ..< offset(j + 1)` of the members.
  public func offset(_ cluster: Int) -> Int { offsets[cluster] }

  /// The row at a position of the members.
  public func row(at position: Int) throws(WinnowError) -> Int { try members.row(position) }

  /// The distance to its centroid of the row at a position of the members.
  ///
  /// - Throws: ``WinnowError`` when it is no distance, 0...2.
  public func distance(at position: Int) throws(WinnowError) -> Float {
    let distance = distances[position]
    guard distance >= 0, distance <= 2.001 else {
      throw damaged(
        path + "/distances.npy", "element \(position) is \(distance), expected 0 to 2")
    }
    return distance
  }

  /// A row's key; its number where the workspace has no keys.
  public func key(_ row: Int) throws(WinnowError) -> String {
    precondition(row >= 0 && row < rows)
    return try keys?.text(row) ?? String(row)
  }

  /// A row's key as a 128-bit number; nil unless ``hasHexKeys``.
  public func hexKey(_ row: Int) -> HexKey? { keys?.hexKey(row) }

  /// A row's caption; nil where it has none.
  public func caption(_ row: Int) throws(WinnowError) -> String? {
    precondition(row >= 0 && row < rows)
    guard let text = try captions?.text(row), !text.isEmpty else { return nil }
    return text
  }

  /// A row's image-text similarity; nil where it is missing.
  public func similarity(_ row: Int) throws(WinnowError) -> Float? {
    precondition(row >= 0 && row < rows)
    guard let value = similarities?[row], !value.isNaN else { return nil }
    return value
  }

  /// The rows by ascending key, or nil where there are no keys.
  ///
  /// - Complexity: O(1); pages are read as they are visited.
  public func keyOrder() throws(WinnowError) -> MemberRows? {
    guard hasKeys else { return nil }
    return try MemberRows(path + "/key_order.npy", rows: rows, candidates: rows)
  }

  /// The workspace's identity: see docs/formats.md.
  ///
  /// - Complexity: O(files) when the build's own record fits the files' sizes, else O(bytes).
  public func fingerprint() throws(WinnowError) -> String {
    let names = try Fingerprint.files(in: path)
    if let log = BuildLog.read(path + "/build-log.json"),
      Set(names) == Set(log.files.keys),
      names.allSatisfy({ fileSize(path + "/" + $0) == log.files[$0]?.size }),
      log.fingerprint == Fingerprint.of(log.files.mapValues(\.digest))
    {
      return log.fingerprint
    }
    return try computedFingerprint()
  }

  /// The same, computed from every byte.
  ///
  /// - Complexity: O(bytes)
  public func computedFingerprint() throws(WinnowError) -> String {
    var digests: [String: String] = [:]
    for name in try Fingerprint.files(in: path) {
      digests[name] = try Digest.ofFile(path + "/" + name)
    }
    return Fingerprint.of(digests)
  }
}

extension OpenWorkspace {
  /// What the build's own record says of a file whose size it knows: hashing the centroids of 50,000
  /// concepts each time would be most of the time that opening takes. `verify` hashes them.
  private static func recordedDigest(_ name: String, in folder: String) -> String? {
    guard let file = BuildLog.read(folder + "/build-log.json")?.files[name],
      fileSize(folder + "/" + name) == file.size, file.digest.utf8.count == 64
    else { return nil }
    return file.digest
  }

  private static func readOffsets(
    _ path: String, clusters: Int, candidates: Int
  ) throws(WinnowError) -> [Int] {
    let array = try MappedArray<UInt64>(path, type: .uint64, shape: [clusters + 1])
    let raw = Array(array.elements)
    guard raw.first == 0, raw.last == UInt64(candidates),
      zip(raw, raw.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw damaged(path, "expected offsets that rise from 0 to \(candidates)")
    }
    return raw.map(Int.init)
  }

  private static func readScores(
    _ path: String, _ offsets: [Int]
  ) throws(WinnowError) -> ConceptScores {
    let array = try MappedArray<ClusterRecord>(
      path, type: ClusterRecord.type, shape: [offsets.count - 1])
    let records = Array(array.elements)
    for (cluster, record) in records.enumerated() {
      guard record.size == UInt64(offsets[cluster + 1] - offsets[cluster]) else {
        throw damaged(
          path,
          "record \(cluster) has size \(record.size), but its offsets give "
            + "\(offsets[cluster + 1] - offsets[cluster])")
      }
      for (field, value) in [
        ("d_intra", record.dIntra), ("d_inter", record.dInter),
        ("complexity", record.complexity),
      ] where !(value.isFinite && value >= 0 && value <= 4.01) {
        throw damaged(path, "record \(cluster) has \(field) \(value), expected 0 to 4")
      }
    }
    return ConceptScores(
      size: records.map { Int($0.size) }, dIntra: records.map(\.dIntra),
      dInter: records.map(\.dInter), complexity: records.map(\.complexity))
  }

  /// The cluster that owns a position of the members.
  ///
  /// - Complexity: O(log k)
  public func cluster(at position: Int) -> Int {
    precondition(position >= 0 && position < candidates)
    return firstPlace(in: 1..<clusters) { offsets[$0] > position } - 1
  }
}

/// One record of `clusters.npy`.
package struct ClusterRecord: BitwiseCopyable {
  package var size: UInt64
  package var dIntra: Double
  package var dInter: Double
  package var complexity: Double

  package init(size: UInt64, dIntra: Double, dInter: Double, complexity: Double) {
    (self.size, self.dIntra, self.dInter, self.complexity) = (size, dIntra, dInter, complexity)
  }

  package static let type = NpyType.fields([
    NpyField(name: "size", type: "<u8"), NpyField(name: "d_intra", type: "<f8"),
    NpyField(name: "d_inter", type: "<f8"), NpyField(name: "complexity", type: "<f8"),
  ])
}

/// Distances are summed as integers, in units of 2^-40.
package let distanceUnit = 0x1p40
