import Storage

/// Row numbers as u8.
enum RowsManifest: ManifestWriter {
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(ManifestError) {
    try sink.write(NpyHeader.bytes(.uint64, shape: [source.count]))
    try source.kept.forEach { (row: Int) throws(ManifestError) in
      try sink.write(littleEndian: UInt64(row))
      try sink.endRow()
    }
  }
}
