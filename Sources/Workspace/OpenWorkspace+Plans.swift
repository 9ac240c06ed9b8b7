import Foundations
import Pruning
import Storage

extension WinnowError {
  /// A plan that was refused.
  public init(_ error: PlanError) { self = .invalid(error.description) }
}

extension OpenWorkspace {
  /// The quotas that a plan gives the concepts.
  ///
  /// - Throws: ``WinnowError`` when the plan is infeasible or does not fit.
  public func quotas(of plan: Plan) throws(WinnowError) -> Quotas {
    do { return try QuotaSolver(scores: scores).solve(plan) } catch { throw WinnowError(error) }
  }

  /// Reads a plan from its file, or from the header of a keep list.
  ///
  /// - Throws: ``WinnowError`` that names the file and the field.
  public func readPlan(_ path: String) throws(WinnowError) -> Plan {
    let bytes = try InputFile.contents(of: path)
    do throws(PlanError) {
      return try Plan.read(
        json: bytes, field: path.hasSuffix(".winnow.json") ? "plan" : nil, scores: scores,
        clustering: clustering)
    } catch { throw .invalid("\(path): \(error)") }
  }
}
