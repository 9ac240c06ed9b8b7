// A boolean array for each shard, which numpy applies to the shard itself:
// `np.load("img_emb_0.npy")[np.load("keep.masks/img_emb_0.npy")]`.

import Foundations
import Ingest
import Pruning
import Storage
import Workspace

/// A folder of masks.
enum MasksManifest: ManifestWriter {
  static func check(
    _ workspace: OpenWorkspace, isComplement: Bool, _ programs: IngestOptions
  ) throws(WinnowError) {
    try workspace.checkShards()
  }

  static let needsWholeFile = true

  static func contentFaults(
    _ path: String, _ header: Provenance, _ programs: IngestOptions
  ) throws(WinnowError) -> [String] {
    var rows = RowsCheck(header)
    var first = 0
    for file in header.list.files ?? [] {
      let masks = try MappedArray<UInt8>("\(path)/\(file.name)", type: .bool, shape: [-1])
      for (place, value) in masks.elements.enumerated() where value != 0 {
        rows.take(UInt64(first + place))
      }
      first += masks.count
    }
    var faults = rows.faults()
    if first != header.workspace.rows {
      faults.append("expected \(header.workspace.rows) values, found \(first)")
    }
    return faults.map { "\(path): \($0)" }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    let workspace = source.workspace
    for (name, rows) in zip(workspace.shardNames(), workspace.shardRows) {
      try sink.beginFile(name + ".npy")
      try sink.write(NpyHeader.bytes(.bool, shape: [rows.count]))
      var start = rows.lowerBound
      while start < rows.upperBound {
        let end = min(rows.upperBound, start + 1 << 16)
        var block = [UInt8](repeating: 0, count: end - start)
        var next = source.rows.next(from: start)
        while let row = next, row < end {
          block[row - start] = 1
          try sink.endRow()
          next = source.rows.next(from: row + 1)
        }
        try sink.write(block)
        start = end
      }
    }
  }
}
