import Foundations
import Storage

/// Row numbers as u8.
enum RowsManifest: ManifestWriter {
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    try sink.write(NpyHeader.bytes(.uint64, shape: [source.count]))
    for row in source.rows {
      try sink.write(littleEndian: UInt64(row))
      try sink.endRow()
    }
  }
}
