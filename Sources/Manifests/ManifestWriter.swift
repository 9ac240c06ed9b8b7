// A format is one type behind this protocol: given the kept rows and the workspace's columns, it
// gives bytes to a sink.  Adding one touches its own file and its case in ManifestFormat.

import Pruning
import Workspace

/// What a format writes from.
struct ManifestSource: Sendable {
  let workspace: OpenWorkspace
  let plan: Plan
  /// One a cluster.
  let quotas: [Int]
  let kept: RowSet
  /// `kept.count`.
  let count: Int
  /// Kept rows whose places are held at a time.
  let window: Int
}

/// Takes a format's bytes, about 64 KiB at a time.
struct ManifestSink {
  private var buffer: [UInt8] = []
  private let limit = 1 << 16
  private let send: ([UInt8]) throws(ManifestError) -> Void
  private let report: (Int) -> Bool
  private var rows = 0

  /// - Parameters:
  ///   - send: where bytes go.
  ///   - report: told the number of rows written so far; false ends the writing.
  init(
    send: @escaping ([UInt8]) throws(ManifestError) -> Void, report: @escaping (Int) -> Bool
  ) {
    self.send = send
    self.report = report
    buffer.reserveCapacity(limit + 4096)
  }

  mutating func write(_ bytes: some Sequence<UInt8>) throws(ManifestError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= limit { try flush() }
  }

  mutating func write(_ text: String) throws(ManifestError) { try write(text.utf8) }

  mutating func write(littleEndian number: UInt64) throws(ManifestError) {
    var value = number.littleEndian
    withUnsafeBytes(of: &value) { buffer.append(contentsOf: $0) }
    if buffer.count >= limit { try flush() }
  }

  /// Whether to go on, for a format that has nothing to write for a while.
  var goesOn: () -> Bool {
    let (report, rows) = (report, rows)
    return { report(rows) }
  }

  /// Says that one more row is written.
  mutating func endRow() throws(ManifestError) {
    rows += 1
    if rows & 0x3FFF == 0, !report(rows) { throw .interrupted }
  }

  mutating func flush() throws(ManifestError) {
    try send(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// One format of keep lists.
protocol ManifestWriter {
  /// Refuses a workspace that cannot give what the format needs, before anything is written.
  static func check(_ workspace: OpenWorkspace) throws(ManifestError)

  /// Writes the whole list.
  ///
  /// - Complexity: O(kept rows), and O(rows / 64).
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(ManifestError)
}

extension ManifestWriter {
  static func check(_ workspace: OpenWorkspace) throws(ManifestError) {}
}
