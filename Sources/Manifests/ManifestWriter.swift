// A format is one type behind this protocol: given the rows of a list and the workspace's columns,
// it gives bytes to a sink.  Adding one touches its own file and its case in ManifestFormat.

import Foundations
import Ingest
import Pruning
import Workspace

/// What a format writes from.
struct ManifestSource: Sendable {
  let workspace: OpenWorkspace
  let choice: RowChoice
  /// Rows that the choice keeps of each cluster.
  let quotas: [Int]
  /// Whether the list holds all rows of the data set that are not kept.
  let isComplement: Bool
  /// The rows of the list.
  let rows: RowSet
  /// `rows.count`.
  let count: Int
  /// Rows of the list whose places are held at a time.
  let window: Int
  /// Where the program that writes Parquet is.
  let programs: IngestOptions

  init(
    _ workspace: OpenWorkspace, _ choice: RowChoice, _ chosen: ChosenRows, isComplement: Bool,
    window: Int, programs: IngestOptions
  ) {
    self.workspace = workspace
    self.choice = choice
    quotas = chosen.quotas
    self.isComplement = isComplement
    rows = isComplement ? chosen.kept.complement : chosen.kept
    count = isComplement ? workspace.rows - choice.target : choice.target
    self.window = window
    self.programs = programs
  }

  /// How many rows of the list are candidates.
  var candidates: Int { isComplement ? workspace.candidates - choice.target : count }
}

/// One format of keep lists.
protocol ManifestWriter {
  /// Refuses a request that cannot give what the format needs, before anything is written.
  static func check(
    _ workspace: OpenWorkspace, isComplement: Bool, _ programs: IngestOptions
  ) throws(WinnowError)

  /// What is wrong in a list of this format, one line each, beside its size and digest.
  ///
  /// - Complexity: O(bytes); memory does not grow with the list.
  static func contentFaults(
    _ path: String, _ header: Provenance, _ programs: IngestOptions
  ) throws(WinnowError) -> [String]
  /// Whether ``contentFaults(_:_:_:)`` can say something only of bytes that are those written.
  static var needsWholeFile: Bool { get }

  /// Writes the whole list.
  ///
  /// - Complexity: O(rows of the list), and O(rows / 64).
  static func write(_ source: ManifestSource, to sink: inout ManifestSink) throws(WinnowError)
}

extension ManifestWriter {
  static func check(
    _ workspace: OpenWorkspace, isComplement: Bool, _ programs: IngestOptions
  ) throws(WinnowError) {}

  static var needsWholeFile: Bool { false }
}
