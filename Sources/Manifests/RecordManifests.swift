// CSV and JSON lines: row, key, concept, distance and rank of every row of a list.

import Foundations
import Pruning
import Workspace

extension ManifestSource {
  /// Gives every row of the list with its record, ascending.
  ///
  /// Nothing leads from a row to its place among the members, so a pass over the members puts
  /// the places of a window of rows into an array with a slot for each row of the list in it.
  ///
  /// - Parameter goesOn: asked now and then while nothing is given; false ends the writing.
  /// - Complexity: O(rows of the list), for each window of them that there is; O(candidates) for
  ///   complements and lists without a plan. 8 bytes of memory a row of a window and range / 16 for
  ///   its ranks.
  func forEachRecord(
    goesOn: () -> Bool, _ body: (ListRecord) throws(WinnowError) -> Void
  ) throws(WinnowError) {
    var start = 0
    var found = 0
    while start < rows.rows {
      let ranks = RowRanks(rows, from: start, most: request.window, mostRows: 1 << 30)
      start = ranks.range.upperBound
      if ranks.count == 0 { continue }
      let places = try places(ranks, &found, goesOn)
      var number = 0
      var next = rows.next(from: ranks.range.lowerBound)
      while let row = next, row < start {
        let position = places[number]
        try body(
          ListRecord(row: row, key: try workspace.key(row), place: try place(at: position)))
        number += 1
        next = rows.next(from: row + 1)
      }
    }
    guard found == candidates else { throw damagedMembers }
  }

  private func place(at position: Int) throws(WinnowError) -> ListRecord.Place? {
    if position < 0 { return nil }
    let concept = workspace.cluster(at: position)
    return ListRecord.Place(
      concept: concept, distance: try workspace.distance(at: position),
      rank: position - workspace.offset(concept))
  }

  /// The positions among all members of the rows of a window, in the order of the rows; -1 for a
  /// row that is no candidate.
  private func places(
    _ ranks: RowRanks, _ found: inout Int, _ goesOn: () -> Bool
  ) throws(WinnowError) -> [Int] {
    var places = [Int](repeating: -1, count: ranks.count)
    var isTwice = false
    func take(_ position: Int) throws(WinnowError) {
      guard let rank = ranks.rank(of: try workspace.row(at: position)) else { return }
      if places[rank] >= 0 { isTwice = true }
      places[rank] = position
      found += 1
    }
    for cluster in 0..<workspace.clusters {
      let members = workspace.offset(cluster)..<workspace.offset(cluster + 1)
      let none = isComplement ? quotas[cluster] == members.count : quotas[cluster] == 0
      if none { continue }
      guard goesOn() else { throw .interrupted }
      if let plan = choice.plan, !isComplement {
        let kept = try workspace.keptPositions(of: cluster, quota: quotas[cluster], plan)
        for position in kept { try take(members.lowerBound + position) }
      } else {
        for position in members { try take(position) }
      }
    }
    if isTwice || (!isComplement && places.contains(-1)) { throw damagedMembers }
    return places
  }

  private var damagedMembers: WinnowError {
    .invalid(
      "\(workspace.path)/members.npy: expected every row once, found others; the workspace is "
        + "damaged: build it again")
  }
}

/// Comma-separated values (RFC 4180), lines ending in a line feed.
enum CSVManifest: ManifestWriter {
  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    try list.faults(RecordCheck(list.header, prefix: "", hasQuotes: true, hasHeader: true))
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    try sink.write("row,key,concept,distance,rank\n")
    let goesOn = sink.goesOn
    try source.forEachRecord(goesOn: goesOn) { (record) throws(WinnowError) in
      try sink.write(record.csv)
      try sink.endRow()
    }
  }

  static func quoted(_ text: String) -> String {
    let special: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
    guard text.utf8.contains(where: special.contains) else { return text }
    return Foundations.quoted(text, "\"", escaped: "\"\"")
  }
}

enum JSONLinesManifest: ManifestWriter {
  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    try list.faults(
      RecordCheck(list.header, prefix: "{\"row\":", hasQuotes: false, hasHeader: false))
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    let goesOn = sink.goesOn
    try source.forEachRecord(goesOn: goesOn) { (record) throws(WinnowError) in
      try sink.write(record.json)
      try sink.endRow()
    }
  }
}

/// A row of a list with what is known of it.
struct ListRecord {
  struct Place {
    let concept: Int
    let distance: Float
    /// Its place among the concept's rows; 0 is the farthest.
    let rank: Int
  }

  let row: Int
  let key: String
  /// Nil for a row that is no candidate, which no concept has.
  let place: Place?

  var json: String { line(place.map { "\($0.distance)" }) }

  /// The same with the distance as the float64 of its value, which no reader rounds twice.
  var widenedJSON: String { line(place.map { "\(Double($0.distance))" }) }

  private func line(_ distance: String?) -> String {
    let start = "{\"row\":\(row),\"key\":\(jsonQuoted(key))"
    guard let place, let distance else {
      return start + ",\"concept\":null,\"distance\":null,\"rank\":null}\n"
    }
    return start
      + ",\"concept\":\(place.concept),\"distance\":\(distance),\"rank\":\(place.rank)}\n"
  }

  /// A line of comma-separated values; empty fields for what is not known.
  var csv: String {
    let start = "\(row),\(CSVManifest.quoted(key))"
    guard let place else { return start + ",,,\n" }
    return start + ",\(place.concept),\(place.distance),\(place.rank)\n"
  }
}
