import Foundations
import Storage

/// What became of a row before anything was clustered: its byte in fate.npy.
///
/// In the order in which rows are dropped: a row has the fate of the first filter that drops it.
public enum Fate: UInt8, Sendable, CaseIterable {
  /// It is clustered.
  case candidate = 0
  /// It is zero, NaN or infinite.
  case invalid = 1
  /// The condition of `--where` is false or NULL for it.
  case condition = 2
  /// Its key is not in `--allow`, or is in `--deny`.
  case list = 3
  /// Its similarity is below `--similarity-min`, missing, or not among the best.
  case similarity = 4
  /// It is too near to a row that is kept.
  case duplicate = 5

  /// What counts of dropped rows are called in workspace.json; nil for ``candidate``.
  public var filter: String? {
    switch self {
    case .candidate: nil
    case .invalid: "invalid"
    case .condition: "where"
    case .list: "allow-deny"
    case .similarity: "similarity"
    case .duplicate: "duplicate"
    }
  }

  /// The name that the build's counts have.
  public var name: String { filter ?? "candidate" }

  /// Why the row is no candidate, in words.
  public var reason: String {
    switch self {
    case .candidate: "it is a candidate"
    case .invalid: "its vector is invalid"
    case .condition: "--where left it out"
    case .list: "--allow or --deny left it out"
    case .similarity: "its similarity is too low"
    case .duplicate: "it is a duplicate"
    }
  }
}

extension OpenWorkspace {
  /// What became of some rows, in their order.
  ///
  /// - Throws: ``WinnowError`` when `fate.npy` is damaged.
  /// - Complexity: O(rows asked for)
  public func fates(of rows: [Int]) throws(WinnowError) -> [Fate] {
    let (path, count) = (path + "/fate.npy", self.rows)
    guard pathKind(path) == .file else { return rows.map { _ in .candidate } }
    let fates = try MappedArray<UInt8>(path, type: .uint8, shape: [count])
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
  /// - Throws: ``WinnowError`` when `twin.npy` or `twin_cosine.npy` is damaged.
  /// - Complexity: O(rows asked for)
  public func twins(
    of rows: [Int]
  ) throws(WinnowError) -> [(row: Int, cosine: Float)]? {
    let (folder, count) = (path, self.rows)
    guard pathKind("\(folder)/\(TwinFiles.twins)") == .file else { return nil }
    let twins = try DuplicateTwins(folder: folder, rows: count)
    var found: [(row: Int, cosine: Float)] = []
    for row in rows {
      let (twin, cosine) = (twins.twin(of: row), twins.cosine(of: row))
      guard twin >= 0, twin < count else {
        throw damaged(
          "\(folder)/\(TwinFiles.twins)",
          "element \(row) is \(twin), expected a row below \(count)")
      }
      guard abs(cosine) <= 1.001 else {
        throw damaged(
          "\(folder)/\(TwinFiles.cosines)", "element \(row) is \(cosine), expected -1 to 1")
      }
      found.append((twin, cosine))
    }
    return found
  }
}

/// Fates of all rows on the disk, read in row order.
package struct FateReader: ~Copyable {
  private let file: InputFile
  private let start: Int
  private let rows: Int

  /// Rows that are read and written at once.
  package static let blockRows = 1 << 18

  /// - Throws: ``WinnowError`` when the file is no `.npy` of `rows` bytes.
  package init(_ path: String, rows: Int) throws(WinnowError) {
    file = try openArray(path, .uint8, [rows])
    start = file.size - rows
    self.rows = rows
  }

  /// The fates of some rows.
  package func fates(_ range: Range<Int>) throws(WinnowError) -> [UInt8] {
    try file.elements(range.count, at: start + range.lowerBound)
  }

  /// Gives all of them, some rows at a time.
  package func forEachBlock(
    _ body: (_ rows: Range<Int>, _ fates: [UInt8]) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    for first in stride(from: 0, to: rows, by: Self.blockRows) {
      let block = first..<min(rows, first + Self.blockRows)
      try body(block, try fates(block))
    }
  }
}
