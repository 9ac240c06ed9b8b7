// Why rows are no candidates, and which row a duplicate is a duplicate of.

import Foundations
import Storage

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
