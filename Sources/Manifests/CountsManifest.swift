// The array that the method's published program works with: how many rows of each cluster stay.

import Foundations
import Ingest
import Storage
import Workspace

/// Kept rows of each concept, as i8.
enum CountsManifest: ManifestWriter {
  static func check(
    _ workspace: OpenWorkspace, isComplement: Bool, _ programs: IngestOptions
  ) throws(WinnowError) {
    guard !isComplement else {
      throw .invalid(
        "--complement: --format counts holds the kept rows of each concept and has no complement; "
          + "choose another format")
    }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    try sink.write(NpyHeader.bytes(.int64, shape: [source.quotas.count]))
    for quota in source.quotas { try sink.write(littleEndian: UInt64(quota)) }
  }
}
