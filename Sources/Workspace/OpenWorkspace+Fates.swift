// Why rows are no candidates, and which row a duplicate is a duplicate of.

import Storage

/// What became of a row before the concepts.
public enum Fate: UInt8, Sendable, CaseIterable {
  case candidate, invalid, filtered, listed, dissimilar, duplicate

  /// The name that the build's counts have.
  public var name: String {
    switch self {
    case .candidate: "candidate"
    case .invalid: "invalid"
    case .filtered: "where"
    case .listed: "allow-deny"
    case .dissimilar: "similarity"
    case .duplicate: "duplicate"
    }
  }

  /// Why the row is no candidate, in words.
  public var reason: String {
    switch self {
    case .candidate: "it is a candidate"
    case .invalid: "its vector is invalid"
    case .filtered: "--where left it out"
    case .listed: "--allow or --deny left it out"
    case .dissimilar: "its similarity is too low"
    case .duplicate: "it is a duplicate"
    }
  }
}

extension OpenWorkspace {
  /// What became of some rows, in their order.
  ///
  /// - Throws: ``WorkspaceError`` when `fate.npy` is damaged.
  /// - Complexity: O(rows asked for)
  public func fates(of rows: [Int]) throws(WorkspaceError) -> [Fate] {
    let (path, count) = (path + "/fate.npy", self.rows)
    guard pathKind(path) == .file else { return rows.map { _ in .candidate } }
    let fates = try storing { () throws(StorageError) in
      try MappedArray<UInt8>(path, type: .uint8, shape: [count])
    }
    var found: [Fate] = []
    for row in rows {
      guard let fate = Fate(rawValue: fates[row]) else {
        throw damaged(path, "element \(row) is \(fates[row]), expected 0 to 5")
      }
      found.append(fate)
    }
    return found
  }

  /// The twins of some rows and their cosines, in the rows' order; nil where the workspace has none.
  ///
  /// - Throws: ``WorkspaceError`` when `twin.npy` or `twin_cosine.npy` is damaged.
  /// - Complexity: O(rows asked for)
  public func twins(
    of rows: [Int]
  ) throws(WorkspaceError) -> [(row: Int, cosine: Float)]? {
    let (twinPath, cosinePath) = (path + "/twin.npy", path + "/twin_cosine.npy")
    guard pathKind(twinPath) == .file else { return nil }
    let count = self.rows
    let twins = try MemberRows(twinPath, rows: count, candidates: count)
    let cosines = try storing { () throws(StorageError) in
      try MappedArray<Float>(cosinePath, type: .float32, shape: [count])
    }
    var found: [(row: Int, cosine: Float)] = []
    for row in rows {
      let cosine = cosines[row]
      guard abs(cosine) <= 1.001 else {
        throw damaged(cosinePath, "element \(row) is \(cosine), expected -1 to 1")
      }
      found.append((try twins.row(row), cosine))
    }
    return found
  }
}
