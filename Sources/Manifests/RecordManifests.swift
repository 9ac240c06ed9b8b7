// CSV and JSON lines: row, key, concept, distance and rank of every kept row.

import Pruning
import Workspace

/// A kept row with what is known of it.
struct KeptRecord {
  let row: Int
  let key: String
  let concept: Int
  let distance: Float
  /// Its place among the concept's rows; 0 is the farthest.
  let rank: Int
}

extension ManifestSource {
  /// Gives every kept row with its record, ascending.
  ///
  /// - Complexity: O(kept log kept) time, 16 bytes of memory a kept row.
  func forEachRecord(
    _ body: (KeptRecord) throws(ManifestError) -> Void
  ) throws(ManifestError) {
    var places: [(row: Int, position: Int)] = []
    places.reserveCapacity(count)
    for cluster in 0..<workspace.clusters where quotas[cluster] > 0 {
      let offset = workspace.offset(cluster)
      try reading { () throws(WorkspaceError) in
        let positions = try workspace.keptPositions(
          of: cluster, quota: quotas[cluster], plan)
        for position in positions {
          places.append((try workspace.row(at: offset + position), offset + position))
        }
      }
    }
    places.sort { $0.row < $1.row }
    for place in places {
      let record = try reading { () throws(WorkspaceError) in
        let concept = workspace.cluster(at: place.position)
        return KeptRecord(
          row: place.row, key: try workspace.key(place.row), concept: concept,
          distance: try workspace.distance(at: place.position),
          rank: place.position - workspace.offset(concept))
      }
      try body(record)
    }
  }
}

/// Comma-separated values (RFC 4180), lines ending in a line feed.
enum CSVManifest: ManifestWriter {
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(ManifestError) {
    try sink.write("row,key,concept,distance,rank\n")
    try source.forEachRecord { (record) throws(ManifestError) in
      try sink.write(
        "\(record.row),\(quoted(record.key)),\(record.concept),\(record.distance),\(record.rank)\n")
      try sink.endRow()
    }
  }

  static func quoted(_ text: String) -> String {
    let special: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
    guard text.utf8.contains(where: special.contains) else { return text }
    // By scalars: a quote and a combining mark after it are one Character, which is no quote.
    var quoted = "\"".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    return String(quoted) + "\""
  }
}

/// One JSON object a line.
enum JSONLinesManifest: ManifestWriter {
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(ManifestError) {
    try source.forEachRecord { (record) throws(ManifestError) in
      try sink.write(
        "{\"row\":\(record.row),\"key\":\(jsonQuoted(record.key)),\"concept\":\(record.concept),"
          + "\"distance\":\(record.distance),\"rank\":\(record.rank)}\n")
      try sink.endRow()
    }
  }
}
