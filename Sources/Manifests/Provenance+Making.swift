// The header of a list that was just written, and the choice that a header stands for.

import Foundations
import Pruning
import Storage
import Workspace

extension Provenance {
  static func header(
    _ wanted: ManifestRequest.List, _ contents: ListContents, _ source: ManifestSource,
    _ facts: SourceFacts
  ) throws(WinnowError) -> [UInt8] {
    let workspace = source.workspace
    let header = Self.path(of: wanted.output)
    var plan = source.choice.plan
    plan?.clustering = workspace.clustering
    let arm: Arm? =
      switch source.choice {
      case .plan: nil
      case .random(let target, let seed): Arm(name: .random, target: target, selectionSeed: seed)
      case .similarity(let target): Arm(name: .similarity, target: target)
      }
    let start =
      plan == nil
      ? ["replay", header]
      : ["export", workspace.path, "--plan", header, "--format", wanted.format.rawValue]
    let command =
      ["winnow"] + start + ["--output", wanted.output, "--force"]
      + (plan != nil && source.isComplement ? ["--complement"] : [])
    let provenance = Provenance(
      format: currentFormat,
      list: .init(
        format: wanted.format, name: lastComponent(wanted.output), size: contents.size,
        digest: contents.digest, files: contents.files, recordsDigest: contents.recordsDigest),
      kept: source.choice.target, complement: source.isComplement ? true : nil, arm: arm,
      rowsDigest: facts.rowsDigest,
      workspace: .init(
        name: workspace.name, path: workspace.path, fingerprint: facts.fingerprint,
        clustering: workspace.clustering, rows: workspace.rows, candidates: workspace.candidates,
        clusters: workspace.clusters),
      command: command.map(shellQuoted).joined(separator: " "))
    return try provenance.json(plan)
  }

  /// What chose the rows of the list: the header's plan or its arm.
  ///
  /// - Parameter path: the header's file.
  /// - Throws: ``WinnowError`` when neither is there, or the plan does not fit the workspace.
  func choice(_ path: String, _ workspace: OpenWorkspace) throws(WinnowError) -> RowChoice {
    switch arm {
    case nil:
      return .plan(try workspace.readPlan(path))
    case let arm? where arm.name == .similarity: return .similarity(target: arm.target)
    case let arm?:
      guard let seed = arm.selectionSeed else {
        throw .invalid("\(path): arm: expected a selection-seed, found none; it is damaged")
      }
      return .random(target: arm.target, seed: seed)
    }
  }
}
