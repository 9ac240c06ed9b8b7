import Foundation
import Pruning
import Testing

@Suite struct QuotaSolverTests {
  /// 10,000 problems in ten parts, so that they run beside each other.
  @Test(arguments: 0..<10)
  func randomProblems(part: UInt64) throws {
    var infeasible = 0
    var saturated = 0
    var tied = 0
    for number in 0..<1000 {
      let problem = QuotaProblem(seed: part << 32 + UInt64(number))
      let (scores, plan) = (problem.scores, problem.plan)
      let solver = QuotaSolver(scores: scores)
      let feasible = IndependentSolver.feasible(scores, plan)
      #expect(solver.feasibleTargets(plan) == feasible)
      if !feasible.contains(plan.target) {
        infeasible += 1
        let error = #expect(throws: PlanError.self) { try solver.solve(plan) }
        if case .infeasible(_, let targets, _) = error {
          #expect(targets == feasible)
        } else {
          Issue.record("\(plan.target) was refused for another reason")
        }
        let named =
          plan.overrides.isEmpty || scores.size.indices.contains { isFree($0, plan, scores) }
          ? "\(feasible.lowerBound)...\(feasible.upperBound)" : "\(feasible.lowerBound)"
        #expect(error?.description.contains("target \(plan.target) is ") == true)
        #expect(error?.description.contains(named) == true)
        continue
      }
      let quotas = try solver.solve(plan)
      let (lower, upper) = IndependentSolver.bounds(scores, plan)
      #expect(quotas.lower == lower)
      #expect(quotas.upper == upper)
      #expect(quotas.sum == plan.target)
      let inBounds = quotas.quota.indices.allSatisfy {
        quotas.quota[$0] >= lower[$0] && quotas.quota[$0] <= upper[$0]
      }
      #expect(inBounds)
      let probability = IndependentSolver.probability(scores, plan)
      let difference = zip(quotas.probability, probability).map { abs($0 - $1) }.max()!
      #expect(difference < 1e-9, "problem \(part), \(number)")
      let expected = IndependentSolver.greedy(quotas.wanted, lower, upper, plan.target)
      #expect(quotas.quota == expected, "problem \(part), \(number)")
      let full = scores.size.indices.filter {
        scores.size[$0] > 0 && expected[$0] == scores.size[$0]
      }
      #expect(quotas.saturated == full.count)
      saturated += full.isEmpty ? 0 : 1
      tied += Set(quotas.wanted).count < quotas.wanted.count ? 1 : 0
    }
    // The problems are what they are meant to be.
    #expect(infeasible > 50 && infeasible < 400 && saturated > 200 && tied > 200)
  }

  private func isFree(_ cluster: Int, _ plan: Plan, _ scores: ConceptScores) -> Bool {
    guard scores.size[cluster] > 0 else { return false }
    guard let override = plan.override(of: cluster) else { return true }
    return override.fixedCount(size: scores.size[cluster]) == nil
  }

  @Test func tinyProblemsCostTheLeastOfAll() throws {
    var solved = 0
    for seed in 0..<1500 as Range<UInt64> {
      var problem = QuotaProblem(seed: seed &+ 1 << 40, mostClusters: 5, mostRows: 6)
      let solver = QuotaSolver(scores: problem.scores)
      // The whole neighbourhood of targets, so that the interval is found by trying, too.
      let possible = (0...problem.scores.candidates + 1).filter { target in
        problem.plan.target = target
        let (lower, upper) = IndependentSolver.bounds(problem.scores, problem.plan)
        let wanted = [Double](repeating: 0, count: lower.count)
        return IndependentSolver.leastCost(wanted, lower, upper, target) != nil
      }
      #expect(Array(solver.feasibleTargets(problem.plan)) == possible)
      for target in possible.shuffled().prefix(4) {
        problem.plan.target = target
        let quotas = try solver.solve(problem.plan)
        let (lower, upper) = IndependentSolver.bounds(problem.scores, problem.plan)
        let least = IndependentSolver.leastCost(quotas.wanted, lower, upper, target)!
        let cost = IndependentSolver.cost(quotas.quota, quotas.wanted)
        #expect(abs(cost - least) <= 1e-9 * max(1, least))
        solved += 1
      }
    }
    #expect(solved > 3000)
  }

  @Test func realSolutionMeetsItsConditionsAndBisection() throws {
    for seed in 0..<1000 as Range<UInt64> {
      let problem = QuotaProblem(seed: seed &+ 2 << 40, mostClusters: 120)
      let plan = problem.plan
      guard let quotas = try? QuotaSolver(scores: problem.scores).solve(plan) else { continue }
      let real = quotas.quota.indices.map {
        min(
          max(quotas.wanted[$0] + quotas.shift, Double(quotas.lower[$0])), Double(quotas.upper[$0]))
      }
      let tolerance = 1e-9 * Double(max(1, plan.target))
      #expect(abs(real.reduce(0, +) - Double(plan.target)) <= tolerance)
      let twin = IndependentSolver.bisected(
        quotas.wanted, quotas.lower, quotas.upper, plan.target)
      // KKT: between the bounds the distance to the wanted number is the shift; at the lower bound
      // it is no less, at the upper one no more.
      let meetsConditions = real.indices.allSatisfy { cluster in
        let distance = real[cluster] - quotas.wanted[cluster]
        let isAtLower = real[cluster] <= Double(quotas.lower[cluster])
        let isAtUpper = real[cluster] >= Double(quotas.upper[cluster])
        return (isAtLower || distance <= quotas.shift + tolerance)
          && (isAtUpper || distance >= quotas.shift - tolerance)
      }
      #expect(meetsConditions)
      #expect(zip(real, twin).allSatisfy { abs($0 - $1) <= tolerance })
    }
  }

  /// Where the search begins cannot matter: not for a floating error, not for a wild guess.
  @Test func anyShiftLeadsToTheSameQuotas() throws {
    for seed in 0..<300 as Range<UInt64> {
      let problem = QuotaProblem(seed: seed &+ 3 << 40, mostClusters: 50)
      let solver = QuotaSolver(scores: problem.scores)
      guard let quotas = try? solver.solve(problem.plan) else { continue }
      for guess in [-1e7, -3, -0.75, -1e-9, 1e-9, 0.4, 1, 2.5, 1e7] {
        let twin = try solver.solve(problem.plan, lookingNear: quotas.shift + guess)
        #expect(twin.quota == quotas.quota)
      }
    }
  }

  /// Sizes of 10^9 a concept: rows cannot be handed out one by one, so the conditions of the
  /// hand-out are checked: no row given costs more than one not given.
  @Test(arguments: [1e-6, 0.02, 0.1, 1e6])
  func hugeProblems(temperature: Double) throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = TestRandom(seed: seed &+ 4 << 40)
      let k = Int.random(in: 1...40, using: &random)
      let size = (0..<k).map { _ in
        random.oneIn(5) ? 0 : Int.random(in: 1...1_000_000_000, using: &random)
      }
      let score = (0..<k).map { _ in Double.random(in: 0...1, using: &random) }
      let scores = ConceptScores(size: size, dIntra: score, dInter: score, complexity: score)
      let solver = QuotaSolver(scores: scores)
      var plan = Plan(target: 0)
      plan.temperature = temperature
      plan.strategy = Strategy.allCases.randomElement(using: &random)!
      let feasible = solver.feasibleTargets(plan)
      for target in [
        feasible.lowerBound, min(feasible.lowerBound + 1, feasible.upperBound),
        Int.random(in: feasible, using: &random), max(feasible.upperBound - 1, feasible.lowerBound),
        feasible.upperBound,
      ] {
        plan.target = target
        let quotas = try solver.solve(plan)
        #expect(quotas.sum == target)
        var lastGiven = (-Double.infinity, -1)
        var firstKept = (Double.infinity, k)
        for cluster in 0..<k {
          let (x, wanted) = (quotas.quota[cluster], quotas.wanted[cluster])
          #expect(x >= quotas.lower[cluster] && x <= quotas.upper[cluster])
          if x > quotas.lower[cluster] {
            let key = (Double(x - 1) - wanted, cluster)
            if key > lastGiven { lastGiven = key }
          }
          if x < quotas.upper[cluster] {
            let key = (Double(x) - wanted, cluster)
            if key < firstKept { firstKept = key }
          }
        }
        #expect(lastGiven < firstKept)
      }
    }
  }

  private func scores(_ size: [Int], _ complexity: [Double]) -> ConceptScores {
    ConceptScores(size: size, dIntra: complexity, dInter: complexity, complexity: complexity)
  }

  @Test func tiesGoToTheLowestNumbers() throws {
    let solver = QuotaSolver(scores: scores([9, 9, 0, 9, 9], [1, 1, 1, 1, 1]))
    #expect(try solver.solve(Plan(target: 10)).quota == [3, 3, 0, 2, 2])
  }

  @Test func onlyOneConceptHasRows() throws {
    let solver = QuotaSolver(scores: scores([0, 7, 0], [5, 1, 9]))
    #expect(try solver.solve(Plan(target: 4)).quota == [0, 4, 0])
    #expect(try solver.solve(Plan(target: 4)).probability == [0, 1, 0])
  }

  @Test func weightsOutsideTheRangeOfProducts() throws {
    let solver = QuotaSolver(scores: scores([100, 100, 100], [0, 0, 1]))
    var plan = Plan(target: 50)
    plan.minimum = 0
    plan.temperature = 0.001
    plan.setOverride(Override(cluster: 0, action: .weight(1e308)))
    plan.setOverride(Override(cluster: 1, action: .weight(1e308)))
    plan.setOverride(Override(cluster: 2, action: .weight(.leastNonzeroMagnitude)))
    // exp(-1000) is 0 even for a weight of 1e308.
    #expect(try solver.solve(plan).quota == [0, 0, 50])
    plan.temperature = 1e6
    #expect(try solver.solve(plan).quota == [25, 25, 0])
  }

  @Test func infeasibleTargetsSayWhatToDo() {
    let solver = QuotaSolver(scores: scores([10, 20, 0], [1, 1, 1]))
    var plan = Plan(target: 1)
    func message() -> String? {
      #expect(throws: PlanError.self) { try solver.solve(plan) }?.description
    }
    #expect(
      message()
        == "target 1 is outside 2...30: every concept keeps at least 1 row (minimum) and at most its "
        + "size; choose a target within it, or change minimum or overrides")
    plan.setOverride(Override(cluster: 0, action: .drop))
    plan.setOverride(Override(cluster: 1, action: .count(5)))
    #expect(
      message()
        == "target 1 is not 5, the only one possible: overrides fix every concept that has rows; "
        + "choose target 5, or clear an override")
    let nothing = QuotaSolver(scores: scores([0, 0], [1, 1]))
    #expect(throws: PlanError.self) { try nothing.solve(Plan(target: 1)) }
    #expect((try? nothing.solve(Plan(target: 0)))?.quota == [0, 0])
  }

  @Test func everyFieldHasItsRange() {
    let solver = QuotaSolver(scores: scores([10, 20], [1, 1]))
    func message(_ change: (inout Plan) -> Void) -> String? {
      var plan = Plan(target: 10)
      change(&plan)
      return #expect(throws: PlanError.self) { try solver.solve(plan) }?.description
    }
    func override(_ cluster: Int, _ action: Override.Action) -> String? {
      message { $0.setOverride(Override(cluster: cluster, action: action)) }
    }
    #expect(message { $0.target = -1 } == "target: expected a number of rows, 0 or more, found -1")
    #expect(
      message { $0.minimum = -1 } == "minimum: expected a number of rows, 0 or more, found -1")
    for value in [0, -1, .infinity, .nan] as [Double] {
      #expect(
        message { $0.temperature = value }
          == "temperature: expected a finite number above 0, found \(value)")
      #expect(
        override(1, .weight(value))
          == "override of cluster 1: expected a finite weight above 0 (use drop for none), found "
          + "\(value)")
    }
    for value in [-0.1, 1.1, .nan] {
      #expect(
        message { $0.share = value } == "share: expected a number from 0 to 1, found \(value)")
    }
    for cluster in [-1, 2] {
      #expect(
        override(cluster, .drop)
          == "override of cluster \(cluster): expected a cluster from 0 to 1, found \(cluster)")
    }
    for count in [-1, 21] {
      #expect(
        override(1, .count(count))
          == "override of cluster 1: expected a count from 0 to its 20 rows, found \(count)")
    }
    #expect(
      override(1, .keep(ExactDecimal("1.001")!))
        == "override of cluster 1: expected keep as a fraction from 0 to 1 (use count for rows), "
        + "found 1.001")
  }
}
