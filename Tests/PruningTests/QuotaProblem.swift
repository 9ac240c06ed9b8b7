// Random quota problems: every strategy, every kind of override, zeros, ties, saturation.

import Foundation
import Pruning

/// Scores and a plan, perhaps an infeasible one.
struct QuotaProblem {
  var scores: ConceptScores
  var plan: Plan

  /// A problem of up to `mostClusters` concepts of up to `mostRows` rows.
  init(seed: UInt64, mostClusters: Int = 400, mostRows: Int = 300) {
    var random = TestRandom(seed: seed)
    let k = Int.random(in: 1...mostClusters, using: &random)
    let rows = random.oneIn(3) ? 3 : Int.random(in: 1...mostRows, using: &random)
    let zeros = random.oneIn(3) ? 2 : 10
    let isTied = random.oneIn(3)
    let spread = [0.001, 0.1, 1, 30].randomElement(using: &random)!
    func score() -> Double {
      let value = Double.random(in: 0..<1, using: &random) * spread
      return isTied ? (value / spread * 4).rounded(.down) * spread / 4 : value
    }
    let size = (0..<k).map { _ in
      random.oneIn(zeros) ? 0 : Int.random(in: 1...rows, using: &random)
    }
    let dIntra = (0..<k).map { _ in score() }
    let dInter = (0..<k).map { _ in score() }
    scores = ConceptScores(
      size: size, dIntra: dIntra, dInter: dInter, complexity: zip(dIntra, dInter).map { $0 * $1 })
    plan = Plan(target: 0)
    plan.strategy = Strategy.allCases.randomElement(using: &random)!
    plan.temperature = [1e-6, 0.01, 0.1, 1, 1e6].randomElement(using: &random)!
    plan.minimum = [0, 1, 1, 2, 50].randomElement(using: &random)!
    plan.share = [0, 0, 0.25, 0.5, 1].randomElement(using: &random)!
    if random.oneIn(2) {
      for cluster in 0..<k where random.oneIn(random.oneIn(20) ? 1 : 6) {
        plan.setOverride(Override(cluster: cluster, action: Self.action(size[cluster], &random)))
      }
    }
    let range = IndependentSolver.feasible(scores, plan)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: plan.target = range.lowerBound
    case 1: plan.target = range.upperBound
    case 2: plan.target = max(0, range.lowerBound - Int.random(in: 1...9, using: &random))
    case 3: plan.target = range.upperBound + Int.random(in: 1...9, using: &random)
    default: plan.target = Int.random(in: range, using: &random)
    }
  }

  private static func action(_ size: Int, _ random: inout TestRandom) -> Override.Action {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return .drop
    case 1: return .keep(.one)
    case 2:
      return .keep(ExactDecimal(["0", "0.277", "0.5", "0.999"].randomElement(using: &random)!)!)
    case 3: return .count(Int.random(in: 0...size, using: &random))
    default: return .weight([1e-300, 0.01, 0.5, 2, 100, 1e300].randomElement(using: &random)!)
    }
  }
}
