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
  /// Nothing leads from a row to its place among the members, so a pass over the kept members puts
  /// the places of a window of rows into an array with a slot for each kept row of it.
  ///
  /// - Parameter goesOn: asked now and then while nothing is given; false ends the writing.
  /// - Complexity: O(kept rows), for each ``window`` of them that there is; 8 bytes of memory a kept
  ///   row of a window and range / 16 for its ranks.
  func forEachRecord(
    goesOn: () -> Bool, _ body: (KeptRecord) throws(ManifestError) -> Void
  ) throws(ManifestError) {
    var start = 0
    while start < kept.rows {
      let ranks = RowRanks(kept, from: start, most: window, mostRows: 1 << 30)
      start = ranks.range.upperBound
      if ranks.count == 0 { continue }
      let places = try places(ranks, goesOn)
      var number = 0
      var next = kept.next(from: ranks.range.lowerBound)
      while let row = next, row < start {
        let record = try reading { () throws(WorkspaceError) in
          let concept = workspace.cluster(at: places[number])
          return KeptRecord(
            row: row, key: try workspace.key(row), concept: concept,
            distance: try workspace.distance(at: places[number]),
            rank: places[number] - workspace.offset(concept))
        }
        try body(record)
        number += 1
        next = kept.next(from: row + 1)
      }
    }
  }

  /// The positions among all members of the kept rows of a window, in the order of the rows.
  private func places(
    _ ranks: RowRanks, _ goesOn: () -> Bool
  ) throws(ManifestError) -> [Int] {
    var places = [Int](repeating: -1, count: ranks.count)
    var found = 0
    for cluster in 0..<workspace.clusters where quotas[cluster] > 0 {
      guard goesOn() else { throw .interrupted }
      let offset = workspace.offset(cluster)
      try reading { () throws(WorkspaceError) in
        let positions = try workspace.keptPositions(
          of: cluster, quota: quotas[cluster], plan)
        for position in positions {
          let row = try workspace.row(at: offset + position)
          guard let rank = ranks.rank(of: row) else { continue }
          places[rank] = offset + position
          found += 1
        }
      }
    }
    guard found == ranks.count, !places.contains(-1) else {
      throw .invalid(
        "\(workspace.path)/members.npy: expected every row once, found others; the workspace is "
          + "damaged: build it again")
    }
    return places
  }
}

/// Comma-separated values (RFC 4180), lines ending in a line feed.
enum CSVManifest: ManifestWriter {
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(ManifestError) {
    try sink.write("row,key,concept,distance,rank\n")
    let goesOn = sink.goesOn
    try source.forEachRecord(goesOn: goesOn) { (record) throws(ManifestError) in
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
    let goesOn = sink.goesOn
    try source.forEachRecord(goesOn: goesOn) { (record) throws(ManifestError) in
      try sink.write(
        "{\"row\":\(record.row),\"key\":\(jsonQuoted(record.key)),\"concept\":\(record.concept),"
          + "\"distance\":\(record.distance),\"rank\":\(record.rank)}\n")
      try sink.endRow()
    }
  }
}
