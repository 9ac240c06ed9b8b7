// DataComp's subset file (https://github.com/mlfoundations/datacomp, "Subset files"): a numpy
// array of dtype "u8,u8", each uid as the numbers of its first and last 16 hex digits, sorted.

import Foundations
import Pruning
import Storage
import Workspace

enum DataCompManifest: ManifestWriter {
  static func check(_ request: ManifestRequest) throws(WinnowError) {
    let workspace = request.workspace
    guard workspace.hasHexKeys else {
      throw .invalid(
        "\(workspace.path): --format datacomp needs keys of 32 lower-case hex digits (uids), but "
          + "the workspace has \(workspace.hasKeys ? "other keys" : "none"); choose another format "
          + "or build with --key NAME")
    }
  }

  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    try list.faults(
      Check(header: list.header, words: NpyWords(.uint64Pair, count: list.header.rows)))
  }

  private struct Check: ListCheck {
    let header: Provenance
    var words: NpyWords
    var count = 0
    var high: UInt64 = 0
    var last: (UInt64, UInt64)?
    var fault: String?

    mutating func take(_ block: UnsafeRawBufferPointer) {
      words.take(block) { number, word in
        if number % 2 == 0 {
          high = word
          return
        }
        if let last, (high, word) < last {
          fault = fault ?? "uid \(number / 2) is less than the one before: uids must ascend"
        }
        last = (high, word)
        count += 1
      }
    }

    mutating func faults() -> [String] { countFaults(count, header) + words.faults(fault) }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    let workspace = source.workspace
    guard let order = try workspace.keyOrder()
    else { throw .invalid("\(workspace.path): it has no keys") }
    try sink.write(NpyHeader.bytes(.uint64Pair, shape: [source.count]))
    var written = RowSet(rows: workspace.rows)
    var count = 0
    for position in 0..<order.count {
      let row = try order.row(position)
      guard source.rows.contains(row), let key = workspace.hexKey(row) else { continue }
      written.insert(row)
      count += 1
      try sink.write(littleEndian: key.high)
      try sink.write(littleEndian: key.low)
      try sink.endRow()
    }
    // The header already says how many there are.
    guard written == source.rows, count == source.count else {
      throw .invalid(
        "\(workspace.path)/key_order.npy: expected every row once, found \(written.count) of the "
          + "\(source.count) listed ones in \(count) places; the workspace is damaged: build it again"
      )
    }
  }
}
