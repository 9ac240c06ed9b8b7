// A format is one type behind this protocol: given the rows of a list and the workspace's columns,
// it gives bytes to a sink.  Adding one touches its own file and its case in ManifestFormat.

import Foundations
import Pruning
import Workspace

/// What a format writes from.
struct ManifestSource: Sendable {
  let request: ManifestRequest
  /// Rows that the choice keeps of each cluster.
  let quotas: [Int]
  /// The rows of the list.
  let rows: RowSet
  /// `rows.count`.
  let count: Int

  var workspace: OpenWorkspace { request.workspace }
  var choice: RowChoice { request.choice }
  var isComplement: Bool { request.isComplement }
  /// How many rows of the list are candidates.
  var candidates: Int { isComplement ? workspace.candidates - choice.target : count }

  init(_ request: ManifestRequest) throws(WinnowError) {
    let (workspace, target) = (request.workspace, request.choice.target)
    let chosen = try ChosenRows(request.choice, workspace, threads: request.threads)
    self.request = request
    quotas = chosen.quotas
    rows = request.isComplement ? chosen.kept.complement : chosen.kept
    count = request.isComplement ? workspace.rows - target : target
  }
}

/// One format of keep lists.
protocol ManifestWriter {
  /// Refuses a request that cannot give what the format needs, before anything is written.
  static func check(_ request: ManifestRequest) throws(WinnowError)

  /// What is wrong in a list of this format, one line each, beside its size and digest.
  ///
  /// - Complexity: O(bytes); memory does not grow with the list.
  static func contentFaults(_ list: WrittenList) throws(WinnowError) -> [String]
  /// Whether ``contentFaults(_:)`` can say something only of bytes that are those written.
  static var needsWholeFile: Bool { get }

  /// Writes the whole list.
  ///
  /// - Complexity: O(rows of the list), and O(rows / 64).
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError)
}

extension ManifestWriter {
  static func check(_ request: ManifestRequest) throws(WinnowError) {}

  static var needsWholeFile: Bool { false }
}
