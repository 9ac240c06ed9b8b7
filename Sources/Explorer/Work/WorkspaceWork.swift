// The explorer's hands: what requests ask for, done on a real workspace. It may read pages from a
// disk or write files, and runs beside the loop.

import Foundations
import Manifests
import Pruning
import Workspace

/// Performs the explorer's work on an open workspace.
public struct WorkspaceWork: WorkPerformer {
  let workspace: OpenWorkspace
  let plans: PlanStore
  let threads: Int
  let time: @Sendable () -> String

  /// - Parameters:
  ///   - plans: where plans and drafts are stored.
  ///   - threads: for passes over many rows; the result is the same for any number.
  ///   - time: the time of a commit as it shall stand in the log.
  public init(
    workspace: OpenWorkspace, plans: PlanStore, threads: Int,
    time: @escaping @Sendable () -> String
  ) {
    self.workspace = workspace
    self.plans = plans
    self.threads = threads
    self.time = time
  }

  public func perform(_ request: some Request, progress: (Double) -> Bool) -> Work.Result {
    do {
      return try request.perform(on: self, progress).map { .answer($0) } ?? .cancelled
    } catch { return .failed("\(error)") }
  }
}

extension State {
  /// Opens the explorer on a workspace.
  ///
  /// - Parameters:
  ///   - plan: the plan to begin with; nil for the last committed one, or else the opening plan.
  ///   - output: the path that commits write to; nil for `keep` with the format's ending.
  ///   - plans: where plans and drafts are stored.
  /// - Throws: ``WinnowError`` when the plan does not fit or the last committed one is damaged.
  /// - Complexity: O(k).
  public init(
    _ workspace: OpenWorkspace, plan: Plan? = nil, format: ManifestFormat = .text,
    output: String? = nil, plans: PlanStore
  ) throws(WinnowError) {
    let subject = Subject(
      name: workspace.name, rows: workspace.rows,
      dropped: Fate.allCases.compactMap { fate in
        guard let filter = fate.filter, let rows = workspace.description.filters[filter], rows > 0
        else { return nil }
        return FilteredRows(filter: filter, rows: rows)
      }, scores: workspace.scores,
      clustering: workspace.clustering, hasSimilarity: workspace.hasSimilarity,
      hasCaptions: workspace.hasCaptions,
      formats: ManifestFormat.allCases.filter { $0 != .datacomp || workspace.hasHexKeys },
      metadata: try workspace.numeric?.allMeans(most: Subject.mostMetadata).map {
        MetadataColumn(name: $0.name, mean: $0.mean)
      } ?? [])
    let last = try plans.lastCommitted()
    do throws(PlanError) {
      try self.init(
        subject: subject, plan: plan,
        committed: last.map { CommittedState(number: $0.number, plan: $0.plan) },
        // A damaged draft is none: nothing hangs on it.
        draft: (try? plans.draft()) ?? nil, storeObstacle: plans.obstacle,
        output: Output(format: format, output: output ?? "keep." + format.fileExtension))
    } catch { throw WinnowError(error) }
  }
}
