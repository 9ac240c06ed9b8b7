// A boolean array for each shard, which numpy applies to the shard itself:
// `np.load("img_emb_0.npy")[np.load("keep.masks/img_emb_0.npy")]`.

import Foundations
import Pruning
import Storage
import Workspace

enum MasksManifest: ManifestWriter {
  static func check(_ request: ManifestRequest) throws(WinnowError) {
    try request.workspace.checkShards()
  }

  static let needsWholeFile = true

  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    var rows = RowsCheck(list.header)
    var first = 0
    for file in list.header.list.files ?? [] {
      let masks = try MappedArray<UInt8>("\(list.path)/\(file.name)", type: .bool, shape: [-1])
      for (place, value) in masks.elements.enumerated() where value != 0 {
        rows.take(UInt64(first + place))
      }
      first += masks.count
    }
    var faults = rows.faults()
    if first != list.header.workspace.rows {
      faults.append("expected \(list.header.workspace.rows) values, found \(first)")
    }
    return faults.map { "\(list.path): \($0)" }
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
