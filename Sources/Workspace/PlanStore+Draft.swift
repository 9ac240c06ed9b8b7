// draft.json: the plan that somebody left without committing it. There is at most one.

import Foundations
import Pruning
import Storage

extension PlanStore {
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
