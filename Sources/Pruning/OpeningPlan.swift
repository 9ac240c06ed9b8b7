/// The plan that everything begins with: 27.7 % of the candidates, the share at which the paper's
/// model outdid the whole data set, brought into the feasible interval.
///
/// - Complexity: O(k)
public func openingPlan(_ scores: ConceptScores) throws(PlanError) -> Plan {
  var plan = Plan(target: try Keep(parsing: "27.7%").target(candidates: scores.candidates))
  let feasible = QuotaSolver(scores: scores).feasibleTargets(plan)
  plan.target = min(max(plan.target, feasible.lowerBound), feasible.upperBound)
  return plan
}
