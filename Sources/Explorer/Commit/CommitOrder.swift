// A commit: the lists are written, and then the plan is stored.

import Canvas
import FoundationEssentials
import Foundations
import Ingest
import Manifests
import Pruning
import Workspace

/// What is to be committed.
public struct CommitOrder: Request {
  public let plan: Plan
  /// At least one, each of another format and path.
  public let outputs: [Output]
  /// What the log shall say beside it.
  public let note: String?
  /// Whether files that are there may be replaced.
  public let replace: Bool

  public init(plan: Plan, outputs: [Output], note: String?, replace: Bool) {
    self.plan = plan
    self.outputs = outputs
    self.note = note
    self.replace = replace
  }

  public static var notice: String? { "writing the keep lists" }

  /// It may be past the point of return.
  public static var stopNotice: String? { "cancelling the commit …" }

  public func perform(on work: WorkspaceWork, _ progress: Progress) throws -> Commit? {
    if let obstacle = work.plans.obstacle {
      throw WinnowError.invalid("the plan cannot be stored, so nothing was written: \(obstacle)")
    }
    var request = ManifestRequest(
      workspace: work.workspace, choice: .plan(plan), lists: outputs, force: replace,
      threads: work.threads)
    request.programs = IngestOptions(environment: ProcessInfo.processInfo.environment)
    let summaries: [ManifestSummary]
    do throws(WinnowError) {
      summaries = try withoutActuallyEscaping(progress) { (report) throws(WinnowError) in
        try export(request, standardOutput: { _ in }, progress: report)
      }
    } catch {
      if case .interrupted = error { return nil }
      throw error
    }
    let paths = summaries.map(\.output)
    do {
      let number = try work.plans.commit(
        plan, note: note, time: work.time(),
        outputs: summaries.map {
          CommittedOutput(format: $0.format.rawValue, path: $0.output, digest: $0.digest)
        })
      return Commit(number: number, rows: summaries[0].kept, paths: paths)
    } catch {
      let written = paths.joined(separator: ", ") + (paths.count == 1 ? " was" : " were")
      throw WinnowError.invalid("\(written) written, but the plan could not be stored: \(error)")
    }
  }

  public func receive(_ answer: Commit, _ state: inout State) {
    state.committed = CommittedState(number: answer.number, plan: plan)
    if state.draft == plan { state.draft = nil }
    state.commitNote = ""
    state.history.entries = nil
    state.say(
      "plan \(answer.number) is committed: \(thousands(answer.rows)) rows in "
        + answer.paths.joined(separator: ", "))
    guard !state.baseline.isChosen else { return }
    do {
      let quota = plan == state.plan ? state.quotas.quota : try state.solver.solve(plan).quota
      state.setBaseline(Baseline(label: "plan \(answer.number)", plan: plan, quota: quota))
    } catch {
      preconditionFailure("a committed plan is infeasible: \(error)")
    }
  }

  public func endCancelled(_ state: inout State) {
    state.say("the commit was cancelled; nothing was written")
  }
}

/// A commit that was made.
public struct Commit: Sendable, Equatable {
  /// The number that the plan was given, from 1.
  public let number: Int
  /// The rows in each list.
  public let rows: Int
  /// The paths of the lists.
  public let paths: [String]

  public init(number: Int, rows: Int, paths: [String]) {
    self.number = number
    self.rows = rows
    self.paths = paths
  }
}
