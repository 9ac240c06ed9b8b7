import Pruning
import Storage

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
