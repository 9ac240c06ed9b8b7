// Committed plans: 0001.json and so on, history.jsonl with one line a commit, and draft.json, the
// plan that somebody left without committing it. They lie in plans/ of the workspace, or in any
// other folder where the workspace cannot be written to.

import Foundations
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

struct HistoryLine: Codable, Sendable, Equatable {
  var plan: Int
  var time: String
  var target: Int
  var note: String?
  var outputs: [CommittedOutput]
}

/// The folder that plans of one workspace are stored in.
public struct PlanStore: Sendable {
  /// The folder; it need not exist.
  public let folder: String
  let scores: ConceptScores
  let clustering: String

  /// - Parameter folder: nil for `plans/` of the workspace.
  public init(_ workspace: OpenWorkspace, folder: String? = nil) {
    self.folder = folder ?? workspace.path + "/plans"
    scores = workspace.scores
    clustering = workspace.clustering
  }

  var historyPath: String { folder + "/history.jsonl" }

  func path(_ number: Int) -> String {
    folder + "/" + padded(String(number), 4) + ".json"
  }

  /// The numbers of the plans that lie here, ascending.
  func numbers() throws(WinnowError) -> [Int] {
    guard pathKind(folder) == .folder else { return [] }
    let names = try namesInFolder(folder)
    // Only names as a commit gives them: `7.json` is no plan of ours.
    return names.compactMap { name in
      Int(name.dropLast(5)).flatMap { path($0) == folder + "/" + name ? $0 : nil }
    }
    .sorted()
  }

  /// Why nothing can be stored here, and what to do; nil when something can.
  public var obstacle: String? {
    let remedy = "choose a folder for plans with --plans DIR"
    switch pathKind(folder) {
    case .folder:
      return isWritableFolder(folder) ? nil : "\(folder): it cannot be written to; \(remedy)"
    case .file, .special:
      return "\(folder): expected a folder or nothing, found something else; \(remedy)"
    case .nothing:
      var parent = parentFolder(folder)
      while pathKind(parent) == .nothing, parent != "." && parent != "/" {
        parent = parentFolder(parent)
      }
      return isWritableFolder(parent)
        ? nil : "\(folder): it cannot be created, because \(parent) cannot be written to; \(remedy)"
    }
  }

  /// Reads a plan for these very concepts; nil for one with overrides of another clustering, whose
  /// cluster numbers mean other concepts.
  func read(_ path: String) throws(WinnowError) -> Plan? {
    let bytes = try InputFile.contents(of: path)
    do throws(PlanError) {
      return try Plan.read(json: bytes, scores: scores, clustering: clustering)
    } catch {
      if case .invalid(let field, _) = error, field.hasPrefix("clustering") { return nil }
      throw .invalid("\(path): \(error)")
    }
  }

  /// The last plan that was committed for these very concepts, or nil.
  ///
  /// A plan with overrides of another clustering (the workspace was built anew) is passed over:
  /// its cluster numbers mean other concepts.
  ///
  /// - Throws: ``WinnowError`` when the last plan's file is damaged.
  public func lastCommitted() throws(WinnowError) -> CommittedPlan? {
    for number in try numbers().reversed() {
      if let plan = try read(path(number)) { return CommittedPlan(number: number, plan: plan) }
    }
    return nil
  }

  /// Stores a plan as the next committed one and adds a line to the log.
  ///
  /// Processes that commit at once get different numbers. A draft that is this very plan goes.
  ///
  /// - Parameters:
  ///   - time: when, as it shall stand in the log.
  ///   - outputs: the files that were written by it.
  /// - Returns: the plan's number.
  public func commit(
    _ plan: Plan, note: String?, time: String, outputs: [CommittedOutput]
  ) throws(WinnowError) -> Int {
    var plan = plan
    plan.clustering = clustering
    try makeFolder(folder, parents: true)
    let lock = try FileLock(waitingFor: folder)
    defer { withExtendedLifetime(lock) {} }
    var number = (try numbers().last ?? 0) + 1
    while try !AtomicFile.writeNew(plan.json(), to: path(number)) { number += 1 }
    try log(
      HistoryLine(plan: number, time: time, target: plan.target, note: note, outputs: outputs))
    if let draft = try? draft(), draft == plan { try removeDraft() }
    return number
  }

  private func log(_ line: HistoryLine) throws(WinnowError) {
    var earlier = pathKind(historyPath) == .file ? try InputFile.contents(of: historyPath) : []
    if let last = earlier.last, last != 0x0A { earlier.append(0x0A) }
    let bytes = try earlier + encodeJSON(line, isOneLine: true)
    _ = try AtomicFile.write(bytes, to: historyPath)
  }
}

/// A commit as its files tell it.
public struct HistoryEntry: Sendable, Equatable {
  public let number: Int
  /// Nil where the log has no readable line of it.
  public let time: String?
  public let note: String?
  public let outputs: [CommittedOutput]
  /// Nil when the plan cannot be used; then `fault` says why.
  public let plan: Plan?
  public let fault: String?

  package init(
    number: Int, time: String?, note: String?, outputs: [CommittedOutput], plan: Plan?,
    fault: String?
  ) {
    (self.number, self.time, self.note) = (number, time, note)
    (self.outputs, self.plan, self.fault) = (outputs, plan, fault)
  }
}

extension PlanStore {
  /// Every commit whose plan lies here, the last one first; a damaged file is an entry that says so.
  ///
  /// - Parameter goesOn: asked before each plan is read; nil is returned once it says no.
  /// - Throws: ``WinnowError`` when the folder cannot be listed or the log not be read.
  public func history(goesOn: (Double) -> Bool) throws(WinnowError) -> [HistoryEntry]? {
    let lines = try loggedLines()
    let numbers = try numbers()
    var entries: [HistoryEntry] = []
    for (done, number) in numbers.reversed().enumerated() {
      guard goesOn(Double(done) / Double(numbers.count)) else { return nil }
      var plan: Plan?
      var fault: String?
      do {
        plan = try read(path(number))
        if plan == nil {
          fault =
            "its overrides belong to another clustering: the numbers mean other concepts here"
        }
      } catch { fault = error.description }
      let line = lines[number]
      entries.append(
        HistoryEntry(
          number: number, time: line?.time, note: line?.note, outputs: line?.outputs ?? [],
          plan: plan, fault: fault))
    }
    return entries
  }

  /// The lines of the log by the plan's number; those that are no lines of ours are left out.
  private func loggedLines() throws(WinnowError) -> [Int: HistoryLine] {
    guard pathKind(historyPath) == .file else { return [:] }
    let lines = try InputFile.contents(of: historyPath).split(separator: 0x0A)
      .compactMap { decodeJSON(HistoryLine.self, $0) }
    return Dictionary(lines.map { ($0.plan, $0) }) { _, later in later }
  }

  private var draftPath: String { folder + "/draft.json" }

  /// The draft for these very concepts, or nil: where there is none, or one of another clustering.
  ///
  /// - Throws: ``WinnowError`` when its file is damaged.
  public func draft() throws(WinnowError) -> Plan? {
    guard pathKind(draftPath) == .file else { return nil }
    let bytes = try InputFile.contents(of: draftPath)
    struct Bound: Decodable { var clustering: String? }
    if let bound = decodeJSON(Bound.self, bytes), bound.clustering != clustering { return nil }
    return try read(draftPath)
  }

  /// Stores a draft in place of what was there.
  public func saveDraft(_ plan: Plan) throws(WinnowError) {
    var plan = plan
    plan.clustering = clustering
    try makeFolder(folder, parents: true)
    _ = try AtomicFile.write(plan.json(), to: draftPath)
  }

  /// Removes the draft, if there is one.
  public func removeDraft() throws(WinnowError) {
    try removeTree(draftPath)
  }
}
