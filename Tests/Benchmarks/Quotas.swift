// Re-solving a plan at every key press: k = 50,000 concepts in 2 ms or less (issue 2).

import Pruning

/// A made-up data set of `clusters` concepts with sizes and complexities spread as real ones are.
func concepts(_ clusters: Int) -> ConceptScores {
  func uniform(_ salt: UInt64, _ cluster: Int) -> Double {
    Double(splitmix64(seed: salt, row: UInt64(cluster)) >> 11) * 0x1p-53
  }
  let size = (0..<clusters).map { Int(1 / (0.0001 + uniform(1, $0))) + 1 }
  let dIntra = (0..<clusters).map { 0.1 + 0.5 * uniform(2, $0) }
  let dInter = (0..<clusters).map { 0.1 + 0.6 * uniform(3, $0) }
  return ConceptScores(
    size: size, dIntra: dIntra, dInter: dInter, complexity: zip(dIntra, dInter).map { $0 * $1 })
}

func quotaBenchmarks(_ promises: Promises) {
  let solver = QuotaSolver(scores: concepts(50_000))
  let candidates = solver.scores.candidates
  // The target moves as under a held key, so that no run repeats the one before.
  func target(_ percent: Double, _ run: Int) -> Int {
    Int(Double(candidates) * (percent + 0.01 * Double(run)) / 100)
  }
  // As in the explorer, the quotas before are still there while the next ones are made.
  var last: Quotas?
  for (percent, temperature) in [(27.7, 0.1), (27.7, 0.02), (90, 0.1)] {
    promises.measure("re-solve, k = 50,000, keep \(percent) %, tau \(temperature)") { run in
      var plan = Plan(target: target(percent, run))
      plan.temperature = temperature
      last = try! solver.solve(plan)
    }
  }
  promises.measure("re-solve, k = 50,000, 1,000 overrides") { run in
    var plan = overridden
    plan.target = target(27.7, run)
    last = try! solver.solve(plan)
  }
  withExtendedLifetime(last) {}
}

/// Overrides of every kind on a fiftieth of the concepts.
private let overridden: Plan = {
  var plan = Plan(target: 0)
  for cluster in stride(from: 0, to: 50_000, by: 50) {
    let actions: [Override.Action] = [.drop, .keep(.one), .count(1), .weight(2.5)]
    plan.setOverride(Override(cluster: cluster, action: actions[cluster / 50 % 4]))
  }
  return plan
}()
