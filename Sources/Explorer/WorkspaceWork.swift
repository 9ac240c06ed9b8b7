// The explorer's hands: what `Work` asks for, done on a real workspace. Everything here may read
// pages from a disk or write files, and runs beside the loop.

import FoundationEssentials
import Manifests
import Pruning
import Workspace

/// Performs the explorer's work on an open workspace.
public struct WorkspaceWork: WorkPerformer {
  let workspace: OpenWorkspace
  let threads: Int
  private let time: @Sendable () -> String

  /// - Parameters:
  ///   - threads: for choosing the kept rows; the result is the same for any number.
  ///   - time: the time of a commit as it shall stand in the log.
  public init(
    workspace: OpenWorkspace, threads: Int, time: @escaping @Sendable () -> String
  ) {
    self.workspace = workspace
    self.threads = threads
    self.time = time
  }

  public func perform(_ request: Work.Request, progress: (Double) -> Bool) -> Work.Result {
    switch request {
    case .labels(let concepts): labels(concepts, progress)
    case .names(let count): names(count, progress)
    case .detail(let question): detail(question, progress)
    case .items(let question): items(question, progress)
    case .neighbours(let cluster, let count): neighbours(of: cluster, count: count, progress)
    case .turnover(let question): turnover(question, progress)
    case .inspect(let output): .inspected(inspect(output))
    case .commit(let plan, let output, let replace): commit(plan, output, replace, progress)
    }
  }

  private func inspect(_ output: Output) -> OutputState {
    let files = FileManager.default
    var isFolder = false
    let exists = files.fileExists(atPath: output.path, isDirectory: &isFolder)
    if let obstacle = outputObstacle(output.path, workspace: workspace) {
      return .blocked("\(output.path): \(obstacle)")
    }
    let end = output.path.lastIndex(of: "/")
    let folder = end.map { $0 == output.path.startIndex ? "/" : String(output.path[..<$0]) } ?? "."
    guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
      return .blocked("the folder \(folder) does not exist: make it, or choose another --output")
    }
    guard files.isWritableFile(atPath: folder) else {
      return .blocked("the folder \(folder) cannot be written to: choose another --output")
    }
    if exists { return .file(bytes: size(of: output.path)) }
    let header = output.path + ".winnow.json"
    return files.fileExists(atPath: header) ? .file(bytes: size(of: header)) : .free
  }

  private func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? any BinaryInteger).map { Int(clamping: $0) } ?? 0
  }

  private func commit(
    _ plan: Plan, _ output: Output, _ replace: Bool, _ progress: (Double) -> Bool
  ) -> Work.Result {
    guard let format = ManifestFormat(rawValue: output.format) else {
      return .failed("the format \(output.format) is not known: choose another with f")
    }
    let request = ManifestRequest(
      workspace: workspace, plan: plan, format: format, output: output.path, force: replace,
      threads: threads)
    let summary: ManifestSummary
    do throws(ManifestError) {
      summary = try withoutActuallyEscaping(progress) { (report) throws(ManifestError) in
        try export(request, standardOutput: { _ in }, progress: report)
      }
    } catch {
      if case .interrupted = error { return .cancelled }
      return .failed(error.description)
    }
    do throws(WorkspaceError) {
      let number = try workspace.commit(
        plan, note: nil, time: time(),
        outputs: [
          CommittedOutput(
            format: format.rawValue, path: summary.output, digest: summary.digest)
        ])
      return .committed(Commit(number: number, rows: summary.kept, path: summary.output))
    } catch {
      return .failed(
        "\(summary.output) is written, but the plan could not be stored: \(error.description)")
    }
  }
}

extension State {
  /// Opens the explorer on a workspace.
  ///
  /// - Parameters:
  ///   - plan: the plan to begin with; nil for the last committed one, or else the opening plan.
  ///   - output: the path that commits write to; nil for `keep` with the format's ending.
  /// - Throws: `WorkspaceError` when the plan does not fit or the last committed one is damaged.
  /// - Complexity: O(k).
  public init(
    _ workspace: OpenWorkspace, plan: Plan? = nil, format: ManifestFormat = .text,
    output: String? = nil
  ) throws(WorkspaceError) {
    let formats = ManifestFormat.allCases.filter { $0 != .datacomp || workspace.hasHexKeys }
    let subject = Subject(
      name: workspace.name, rows: workspace.rows, scores: workspace.scores,
      clustering: workspace.clustering, hasSimilarity: workspace.hasSimilarity,
      formats: formats.map { OutputFormat(name: $0.rawValue, ending: $0.fileExtension) })
    let last = try workspace.lastCommittedPlan()
    do throws(PlanError) {
      try self.init(
        subject: subject, plan: plan,
        committed: last.map { CommittedState(number: $0.number, plan: $0.plan) },
        output: Output(
          format: format.rawValue, path: output ?? "keep." + format.fileExtension))
    } catch { throw .plan(error) }
  }
}
