// Parquet with the columns of CSV and JSON lines, for pyarrow, pandas and everything else.
//
// Another version of the program that writes it may give other bytes for the same rows. What is
// promised, and what the header has a digest of, is therefore the canonical rows: the bytes of the
// same list as JSON lines.

import Foundations
import Ingest
import Storage
import Workspace

/// A Parquet file by way of the `duckdb` program.
enum ParquetManifest: ManifestWriter {
  static func check(
    _ workspace: OpenWorkspace, isComplement: Bool, _ programs: IngestOptions
  ) throws(WinnowError) {
    try ParquetWriter.check("--format parquet", programs)
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    let writer = try ParquetWriter(
      [
        .init("row", "UBIGINT"), .init("key", "VARCHAR"), .init("concept", "UINTEGER"),
        .init("distance", "FLOAT"), .init("rank", "UBIGINT"),
      ], for: "--format parquet", source.programs)
    var canonical = Digest()
    var lines: [UInt8] = []
    let goesOn = sink.goesOn
    func send() throws(WinnowError) {
      try sink.write(
        try writer.write(lines))
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
