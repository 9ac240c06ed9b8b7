// `winnow arms`: the lists that papers compare with, all of one size, and how much they share.

import Foundations
import Ingest
import Pruning
import Storage
import Workspace

/// A list to compare with.
public enum Arm: String, CaseIterable, Sendable {
  /// Quotas by complexity: the method.
  case complexity
  /// The same share for every concept.
  case uniform
  /// Shares as large as the concepts: SSP pruning.
  case proportional
  /// A sample of all candidates.
  case random
  /// The candidates of best image-text similarity.
  case similarity

  /// What chooses its rows.
  ///
  /// - Parameter plan: target, order, bounds and seed; its strategy does not count.
  func choice(_ plan: Plan) -> RowChoice {
    var plan = plan
    switch self {
    case .complexity: plan.strategy = .complexity
    case .uniform: plan.strategy = .uniform
    case .proportional: plan.strategy = .proportional
    case .random: return .random(target: plan.target, seed: plan.selectionSeed)
    case .similarity: return .similarity(target: plan.target)
    }
    return .plan(plan)
  }
}

/// Writes a list for each arm, and beside them `arms.json`, `overlaps.csv` and `concepts.csv`; all of
/// them appear whole or none does.
///
/// - Parameters:
///   - plan: target, order, bounds, seed and overrides of the arms that know concepts.
///   - folder: for the lists; it is made where there is none.
///   - force: replace existing files.
///   - progress: told the part done, 0 to 1; false cancels and leaves everything as it was.
/// - Returns: the tables.
/// - Throws: ``WinnowError`` when the plan is infeasible, or something cannot be written.
/// - Complexity: O(candidates) an arm; rows / 8 bytes an arm.
public func writeArms(
  _ workspace: OpenWorkspace, _ plan: Plan, _ format: ManifestFormat, folder: String,
  force: Bool = false, threads: Int, programs: IngestOptions, progress: @escaping (Double) -> Bool
) throws(WinnowError) -> ArmsReport {
  let arms = Arm.allCases.filter { $0 != .similarity || workspace.hasSimilarity }
  let leftOut = Arm.allCases.filter { !arms.contains($0) }.map {
    ArmsReport.LeftOut(arm: $0, reason: "the workspace has no similarities")
  }
  let lists = arms.map { arm in
    ManifestRequest.List(
      format: format, output: "\(folder)/\(arm.rawValue).\(format.fileExtension)")
  }
  var export = ManifestRequest(
    workspace: workspace, choice: .plan(plan), lists: lists, force: force, threads: threads)
  export.programs = programs
  try format.writer.check(export)
  let tables = ["arms.json", "overlaps.csv", "concepts.csv"].map { "\(folder)/\($0)" }
  let isNew = pathKind(folder) == .nothing
  if isNew {
    if let obstacle = outputObstacle(folder, format: .text, workspace: workspace) {
      throw .invalid("\(folder): \(obstacle)")
    }
    try makeFolder(folder)
  }
  do throws(WinnowError) {
    try checkOutputs(export)
    for path in tables where pathKind(path) != .nothing && !force {
      throw .invalid("\(path): the file exists; replace it with --force or choose another --output")
    }
    let fingerprint = try workspace.fingerprint()
    var prepared: [PreparedList] = []
    var columns: [ArmsReport.Column] = []
    for (index, (arm, list)) in zip(arms, lists).enumerated() {
      guard progress(Double(index) / Double(arms.count)) else { throw .interrupted }
      export.choice = arm.choice(plan)
      let source = try ManifestSource(export)
      let facts = (rowsDigest: rowsDigest(source.rows), fingerprint: fingerprint)
      prepared.append(
        try PreparedList(list, source, facts) { rows in
          progress(
            (Double(index) + Double(rows) / Double(max(1, source.count))) / Double(arms.count))
        })
      columns.append(
        ArmsReport.Column(
          arm: arm, list: lastComponent(list.output), rows: source.rows, quotas: source.quotas))
    }
    let report = try ArmsReport(workspace, plan, columns, leftOut)
    var files: [(path: String, file: any PlacedLater)] = []
    for (path, text) in zip(tables, [report.json(), report.overlapsCSV(), report.conceptsCSV()]) {
      let file = try PreparedFile(path)
      try file.write(Array(text.utf8))
      _ = try file.finish()
      files.append((path, file))
    }
    try place(prepared, files)
    return report
  } catch {
    if isNew { try? removeTree(folder) }
    throw error
  }
}
