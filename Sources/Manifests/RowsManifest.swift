import Foundations
import Storage

enum RowsManifest: ManifestWriter {
  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    let header = list.header
    return try list.faults(
      Check(rows: RowsCheck(header), words: .init(.uint64, count: header.rows)))
  }

  private struct Check: ListCheck {
    var rows: RowsCheck
    var words: NpyWords

    mutating func take(_ block: UnsafeRawBufferPointer) {
      words.take(block) { _, word in rows.take(word) }
    }
    mutating func faults() -> [String] { rows.faults() + words.faults(nil) }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    try sink.write(NpyHeader.bytes(.uint64, shape: [source.count]))
    for row in source.rows {
      try sink.write(littleEndian: UInt64(row))
      try sink.endRow()
    }
  }
}
