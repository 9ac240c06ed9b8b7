// Committed plans: plans/0001.json and so on, and plans/history.jsonl, one line a commit.

import FoundationEssentials
import Pruning
import Storage

/// A plan that was committed.
public struct CommittedPlan: Sendable, Equatable {
  /// 1 for the first one.
  public let number: Int
  public let plan: Plan
}

/// A file that a commit wrote.
public struct CommittedOutput: Codable, Sendable, Equatable {
  public let format: String
  public let path: String
  /// SHA-256 of the file.
  public let digest: String

  public init(format: String, path: String, digest: String) {
    self.format = format
    self.path = path
    self.digest = digest
  }
}

/// A line of the log of commits.
struct HistoryLine: Codable, Sendable, Equatable {
  var plan: Int
  var time: String
  var target: Int
  var note: String?
  var outputs: [CommittedOutput]
}

extension OpenWorkspace {
  private var plansFolder: String { path + "/plans" }

  private func planPath(_ number: Int) -> String {
    let digits = String(number)
    return plansFolder + "/" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      + ".json"
  }

  private func planNumbers() throws(WorkspaceError) -> [Int] {
    let folder = plansFolder
    guard pathKind(folder) == .folder else { return [] }
    let names = try storing { () throws(StorageError) in try namesInFolder(folder) }
    // Only names as a commit gives them: `7.json` is no plan of ours.
    return names.compactMap { name in
      Int(name.dropLast(5)).flatMap { planPath($0) == folder + "/" + name ? $0 : nil }
    }
    .sorted()
  }

  /// The last plan that was committed for these very concepts, or nil.
  ///
  /// A plan with overrides of another clustering (the workspace was built anew) is passed over:
  /// its cluster numbers mean other concepts.
  ///
  /// - Throws: ``WorkspaceError`` when the last plan's file is damaged.
  public func lastCommittedPlan() throws(WorkspaceError) -> CommittedPlan? {
    for number in try planNumbers().reversed() {
      let path = planPath(number)
      let bytes = try storing { () throws(StorageError) in try InputFile.contents(of: path) }
      do throws(PlanError) {
        let plan = try Plan.read(json: bytes, scores: scores, clustering: clustering)
        return CommittedPlan(number: number, plan: plan)
      } catch {
        if case .invalid(let field, _) = error, field.hasPrefix("clustering") { continue }
        throw .invalid("\(path): \(error)")
      }
    }
    return nil
  }

  /// Stores a plan as the next committed one and adds a line to the log.
  ///
  /// - Parameters:
  ///   - time: when, as it shall stand in the log.
  ///   - outputs: the files that were written by it.
  /// - Returns: the plan's number.
  public func commit(
    _ plan: Plan, note: String?, time: String, outputs: [CommittedOutput]
  ) throws(WorkspaceError) -> Int {
    var plan = plan
    plan.clustering = clustering
    let number = (try planNumbers().last ?? 0) + 1
    let folder = plansFolder
    let history = folder + "/history.jsonl"
    let line = HistoryLine(
      plan: number, time: time, target: plan.target, note: note, outputs: outputs)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(line) else {
      throw .invalid("\(history): cannot write the commit as JSON")
    }
    let (path, bytes) = (planPath(number), plan.json())
    try storing { () throws(StorageError) in
      try makeFolder(folder)
      let earlier = pathKind(history) == .file ? try InputFile.contents(of: history) : []
      _ = try AtomicFile.write(bytes, to: path)
      _ = try AtomicFile.write(earlier + Array(text) + [0x0A], to: history)
    }
    return number
  }
}

extension OpenWorkspace {
  /// Reads a plan from its file, or from the header of a keep list.
  ///
  /// - Throws: ``WorkspaceError`` that names the file and the field.
  public func readPlan(_ path: String) throws(WorkspaceError) -> Plan {
    let bytes = try storing { () throws(StorageError) in try InputFile.contents(of: path) }
    do throws(PlanError) {
      if path.hasSuffix(".winnow.json") {
        return try Plan.read(json: bytes, field: "plan", scores: scores, clustering: clustering)
      }
      return try Plan.read(json: bytes, scores: scores, clustering: clustering)
    } catch { throw .invalid("\(path): \(error)") }
  }
}
