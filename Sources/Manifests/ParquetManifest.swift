// Parquet with the columns of CSV and JSON lines, for pyarrow, pandas and everything else.
//
// Another version of the program that writes it may give other bytes for the same rows. What is
// promised, and what the header has a digest of, is therefore the canonical rows: the bytes of the
// same list as JSON lines.

import Foundations
import Ingest
import Storage
import Workspace

enum ParquetManifest: ManifestWriter {
  static func check(_ request: ManifestRequest) throws(WinnowError) {
    try ParquetWriter.check("--format parquet", request.programs)
  }

  static let needsWholeFile = true

  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    var rows = RowsCheck(list.header)
    var canonical = Digest()
    let path = list.path
    let table = try ParquetRows(
      path, texts: ["row", "key", "concept", "rank"], numbers: ["distance"], list.programs)
    while let fields = try table.next() {
      guard let row = fields[0].flatMap(UInt64.init), let number = Int(exactly: row) else {
        return ["\(path): row \(rows.count): expected a row number, found \(fields[0] ?? "none")"]
      }
      rows.take(row)
      var place: ListRecord.Place?
      if let concept = fields[2].flatMap({ Int($0) }), let rank = fields[3].flatMap({ Int($0) }),
        let distance = fields[4].flatMap(Double.init)
      {
        place = .init(concept: concept, distance: Float(distance), rank: rank)
      }
      let record = ListRecord(row: number, key: fields[1] ?? "", place: place)
      canonical.update(Array(record.json.utf8))
    }
    var faults = rows.faults()
    let found = canonical.hex()
    let expected = list.header.list.recordsDigest
    if found != expected {
      faults.append("expected records with SHA-256 \(expected ?? "none"), found \(found)")
    }
    return faults.map { "\(path): \($0)" }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    let writer = try ParquetWriter(
      [
        ("row", "UBIGINT"), ("key", "VARCHAR"), ("concept", "UINTEGER"), ("distance", "FLOAT"),
        ("rank", "UBIGINT"),
      ], for: "--format parquet", source.request.programs)
    var canonical = Digest()
    var lines: [UInt8] = []
    let goesOn = sink.goesOn
    func send() throws(WinnowError) {
      try sink.write(try writer.write(lines))
      lines.removeAll(keepingCapacity: true)
    }
    try source.forEachRecord(goesOn: goesOn) { (record) throws(WinnowError) in
      canonical.update(Array(record.json.utf8))
      lines.append(contentsOf: record.widenedJSON.utf8)
      if lines.count >= 1 << 16 { try send() }
      try sink.endRow()
    }
    try send()
    while true {
      let bytes = try writer.rest()
      if bytes.isEmpty { break }
      try sink.write(bytes)
    }
    sink.recordsDigest = canonical.hex()
  }
}
