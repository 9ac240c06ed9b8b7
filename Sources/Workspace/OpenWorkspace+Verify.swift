// Checking everything: what opening leaves out because it would read every page.

import Foundations
import Pruning
import Storage

extension OpenWorkspace {
  /// Checks every file of the workspace against itself, the others and the build's own record.
  ///
  /// - Returns: the faults, one line each; none when all agrees.
  /// - Throws: ``WinnowError`` when a file cannot be read at all.
  /// - Complexity: O(bytes)
  public func verify() throws(WinnowError) -> [String] {
    var faults = try recordFaults()
    // What is in a file of other bytes says nothing more, and may not even be readable.
    if !faults.isEmpty { return faults }
    faults += try checkMembers()
    faults += try duplicateFaults()
    faults += checkScores()
    faults += try checkColumns()
    faults += try checkNumeric()
    faults += try checkNames()
    return faults
  }

  /// What differs between the files and the build's own record of them, one line each.
  ///
  /// - Complexity: O(bytes)
  public func recordFaults() throws(WinnowError) -> [String] {
    let folder = path
    guard let log = BuildLog.read(folder + "/build-log.json") else {
      return ["\(folder)/build-log.json: missing or damaged: files cannot be checked by digest"]
    }
    var faults: [String] = []
    let names = try Fingerprint.files(in: folder)
    for name in Set(names).union(log.files.keys).sorted() {
      let file = folder + "/" + name
      guard let record = log.files[name] else {
        faults.append("\(file): the build did not write it")
        continue
      }
      guard names.contains(name) else {
        faults.append("\(file): missing")
        continue
      }
      let digest = try Digest.ofFile(file)
      if digest != record.digest {
        faults.append("\(file): expected SHA-256 \(record.digest), found \(digest)")
      }
    }
    if Fingerprint.of(log.files.mapValues(\.digest)) != log.fingerprint {
      faults.append("\(folder)/build-log.json: its fingerprint is not that of its files")
    }
    return faults
  }

  /// Every candidate once, far to near, ties by row; fate.npy agrees.
  private func checkMembers() throws(WinnowError) -> [String] {
    var faults: [String] = []
    var seen = RowSet(rows: rows)
    for cluster in 0..<clusters {
      var last: (distance: Float, row: Int)?
      for position in offset(cluster)..<offset(cluster + 1) {
        let (row, distance) = (try row(at: position), try distance(at: position))
        if seen.contains(row) {
          faults.append("\(path)/members.npy: row \(row) is there twice (element \(position))")
        }
        seen.insert(row)
        if let last, distance > last.distance || (distance == last.distance && row < last.row) {
          faults.append(
            "\(path)/members.npy: element \(position) is out of order in cluster \(cluster)")
        }
        last = (distance, row)
        if faults.count >= 20 { return faults }
      }
    }
    if description.candidates < rows {
      let array = try MappedArray<UInt8>(
        path + "/fate.npy", type: .uint8, shape: [description.rows])
      let fates = Array(array.elements)
      for (row, fate) in fates.enumerated() where (fate == 0) != seen.contains(row) {
        faults.append("\(path)/fate.npy: row \(row) is \(fate), members.npy disagrees")
        if faults.count >= 20 { return faults }
      }
    }
    return faults
  }

  /// d_intra from the distances themselves, complexity from its factors.
  private func checkScores() -> [String] {
    var faults: [String] = []
    for cluster in 0..<clusters {
      var sum: Int128 = 0
      for position in offset(cluster)..<offset(cluster + 1) {
        sum += Int128((Double(distances[position]) * distanceUnit).rounded(.toNearestOrEven))
      }
      let size = scores.size[cluster]
      let mean = size == 0 ? 0 : Double(sum) / distanceUnit / Double(size)
      if mean != scores.dIntra[cluster] {
        faults.append(
          "\(path)/clusters.npy: d_intra of cluster \(cluster) is \(scores.dIntra[cluster]), "
            + "its distances give \(mean)")
      }
      if scores.complexity[cluster] != scores.dInter[cluster] * scores.dIntra[cluster] {
        faults.append(
          "\(path)/clusters.npy: complexity of cluster \(cluster) is not d_inter times d_intra")
      }
    }
    return faults
  }

  private func checkColumns() throws(WinnowError) -> [String] {
    var faults: [String] = []
    for row in 0..<rows where hasCaptions { _ = try caption(row) }
    guard let order = try keyOrder() else { return faults }
    var previous: (key: String, row: Int)?
    var seen = RowSet(rows: rows)
    for position in 0..<order.count {
      let row = try order.row(position)
      let key = try key(row)
      // By bytes: `==` takes different spellings of one accented letter for the same text.
      if let previous,
        key.utf8.lexicographicallyPrecedes(previous.key.utf8)
          || (key.utf8.elementsEqual(previous.key.utf8) && row < previous.row)
          || seen.contains(row)
      {
        faults.append("\(path)/key_order.npy: element \(position) is out of order")
        if faults.count >= 20 { return faults }
      }
      seen.insert(row)
      previous = (key, row)
    }
    return faults
  }
}

// A workspace's identity: the SHA-256 over the lines `DIGEST  NAME\n` of all its files but
// build-log.json, plans/ and stage/, sorted by name: what `sha256sum` prints of them, hashed again.

package enum Fingerprint {
  private static let outside: Set<String> = ["build-log.json", "plans", "stage"]

  /// The files of the identity below `folder`, by their names relative to it, sorted.
  package static func files(in folder: String) throws(WinnowError) -> [String] {
    try names(in: folder, prefix: "").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func names(
    in folder: String, prefix: String
  ) throws(WinnowError) -> [String] {
    var found: [String] = []
    for name in try namesInFolder(folder) where !(prefix.isEmpty && outside.contains(name)) {
      let path = folder + "/" + name
      if pathKind(path) == .folder {
        found += try names(in: path, prefix: prefix + name + "/")
      } else {
        found.append(prefix + name)
      }
    }
    return found
  }

  /// The fingerprint of files with these digests.
  package static func of(_ digests: [String: String]) -> String {
    var digest = Digest()
    for (name, hex) in digests.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      digest.update(Array("\(hex)  \(name)\n".utf8))
    }
    return digest.hex()
  }
}
