import Foundations
import Storage

/// The files that a deduplication leaves in a workspace.
package enum TwinFiles {
  package static let twins = "twin.npy"
  package static let cosines = "twin_cosine.npy"
  package static let centroids = "fine_centroids.npy"
  package static let assignments = "fine_assignments.npy"
  package static let distances = "fine_distances.npy"
}

/// Which rows of a workspace were dropped as near duplicates, and of what.
public final class DuplicateTwins: Sendable {
  private let twins: MemberRows
  private let cosines: MappedArray<Float>

  /// - Throws: ``WinnowError`` when an array is missing or of another shape.
  /// - Complexity: O(1)
  init(folder: String, rows: Int) throws(WinnowError) {
    twins = try MemberRows(folder + "/" + TwinFiles.twins, rows: rows, candidates: rows)
    cosines = try MappedArray(folder + "/" + TwinFiles.cosines, type: .float32, shape: [rows])
  }

  /// The twin of a row; the row itself where it is no duplicate.  Of a damaged file it may be any
  /// number.
  public func twin(of row: Int) -> Int { Int(truncatingIfNeeded: twins.element(row)) }

  /// The cosine of a row and its twin; 1 where it is no duplicate.
  public func cosine(of row: Int) -> Float { cosines[row] }
}

extension OpenWorkspace {
  /// The twins of dropped rows; nil where near duplicates were not dropped.
  public func duplicateTwins() throws(WinnowError) -> DuplicateTwins? {
    guard description.parameters.dedup != nil else { return nil }
    return try DuplicateTwins(folder: path, rows: rows)
  }

  /// Checks the arrays of the deduplication against each other and fate.npy: every dropped row has
  /// an earlier twin of its fine cluster, which `greedy` has kept.
  ///
  /// - Complexity: O(rows)
  package func duplicateFaults() throws(WinnowError) -> [String] {
    guard let dedup = description.parameters.dedup, let twins = try duplicateTwins() else {
      return []
    }
    let folder = path
    let fates =
      candidates == rows
      ? nil : try MappedArray<UInt8>(folder + "/fate.npy", type: .uint8, shape: [rows])
    let fine = try MappedArray<UInt32>(
      folder + "/" + TwinFiles.assignments, type: .uint32, shape: [rows])
    let distances = try MappedArray<Float>(
      folder + "/" + TwinFiles.distances, type: .float32, shape: [rows])
    func fate(_ row: Int) -> UInt8 { fates?[row] ?? 0 }
    let least = Float(1 - dedup.epsilon)
    var (faults, dropped): ([String], Int) = ([], 0)
    for row in 0..<rows where faults.count < 20 {
      let (twin, cosine) = (twins.twin(of: row), twins.cosine(of: row))
      let isDropped = fate(row) == Fate.duplicate.rawValue
      let tookPart = isDropped || fate(row) == Fate.candidate.rawValue
      func say(_ file: String, _ text: String) {
        faults.append("\(folder)/\(file): row \(row) \(text)")
      }
      if tookPart ? fine[row] >= UInt32(dedup.clusters) : fine[row] != .max {
        say(TwinFiles.assignments, "has fine cluster \(fine[row]), which fate.npy contradicts")
      }
      guard isDropped else {
        if twin != row { say(TwinFiles.twins, "is no duplicate, but has the twin \(twin)") }
        if cosine != 1 { say(TwinFiles.cosines, "is no duplicate, but has \(cosine)") }
        continue
      }
      dropped += 1
      guard twin >= 0, twin < rows, twin != row else {
        say(TwinFiles.twins, "has the twin \(twin), expected another row below \(rows)")
        continue
      }
      let isKept = fate(twin) == Fate.candidate.rawValue
      if !isKept, dedup.rule == "greedy" || fate(twin) != Fate.duplicate.rawValue {
        say(TwinFiles.twins, "has the twin \(twin), which was dropped itself")
      }
      if fine[twin] != fine[row] {
        say(TwinFiles.twins, "has the twin \(twin) in another fine cluster")
      }
      let isEarlier =
        distances[twin] > distances[row] || (distances[twin] == distances[row] && twin < row)
      if !isEarlier { say(TwinFiles.twins, "has the twin \(twin), which comes after it") }
      if !(cosine >= least && cosine < 1.001) {
        say(TwinFiles.cosines, "has \(cosine), expected more than \(least)")
      }
    }
    let stated = description.filters["duplicate"] ?? 0
    if faults.isEmpty, stated != dropped {
      faults.append(
        "\(folder)/workspace.json: it says \(stated) duplicates, fate.npy has \(dropped)")
    }
    return faults
  }
}
