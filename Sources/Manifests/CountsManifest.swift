// The array that the method's published program works with: how many rows of each cluster stay.

import Foundations
import Storage
import Workspace

enum CountsManifest: ManifestWriter {
  static func check(_ request: ManifestRequest) throws(WinnowError) {
    guard !request.isComplement else {
      throw .invalid(
        "--complement: --format counts holds the kept rows of each concept and has no complement; "
          + "choose another format")
    }
  }

  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String] {
    try list.faults(
      Check(
        header: list.header, words: NpyWords(.int64, count: list.header.workspace.clusters)))
  }

  private struct Check: ListCheck {
    let header: Provenance
    var words: NpyWords
    var sum = 0
    var fault: String?

    mutating func take(_ block: UnsafeRawBufferPointer) {
      words.take(block) { number, word in
        let (total, isOver) = sum.addingReportingOverflow(Int(truncatingIfNeeded: word))
        sum = total
        if isOver || Int64(bitPattern: word) < 0 {
          fault = fault ?? "concept \(number) has \(Int64(bitPattern: word)) rows"
        }
      }
    }

    mutating func faults() -> [String] {
      let clusters = header.workspace.clusters
      return
        (words.count == clusters ? [] : ["expected \(clusters) concepts, found \(words.count)"])
        + countFaults(sum, header) + words.faults(fault)
    }
  }

  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError) {
    try sink.write(NpyHeader.bytes(.int64, shape: [source.quotas.count]))
    for quota in source.quotas { try sink.write(littleEndian: UInt64(quota)) }
  }
}
