// The quadratic programme of one plan: who takes part, between which bounds, with which share.
// Fixed and empty concepts stay in the arrays, pinned between equal bounds, so that every loop
// runs straight through; they have no share and no rows to hand out.

/// The arrays of one quota problem, of length k.
struct Programme {
  /// N.
  let target: Int
  /// N', the target less the rows of fixed concepts.
  let remaining: Int
  /// The targets that the bounds allow.
  let feasible: ClosedRange<Int>
  /// k', the concepts that have rows and are not fixed.
  let participants: Int
  private(set) var lower: [Int]
  private(set) var upper: [Int]
  private(set) var probability: [Double]
  private(set) var wanted: [Double]

  /// Sets the bounds. The share's bound counts only where the target is feasible, since it is a
  /// share of it.
  init(_ plan: Plan, _ scores: ConceptScores) {
    let k = scores.clusters
    var upper = scores.size
    var isFixed = [Bool](repeating: false, count: 0)
    var fixed = 0
    var participants = 0
    for override in plan.overrides {
      let cluster = override.cluster
      guard let count = override.fixedCount(size: scores.size[cluster]) else { continue }
      if isFixed.isEmpty { isFixed = [Bool](repeating: false, count: k) }
      isFixed[cluster] = true
      upper[cluster] = count
      fixed += count
    }
    var atLeast = fixed
    var atMost = fixed
    for cluster in 0..<k where isFixed.isEmpty || !isFixed[cluster] {
      let size = upper[cluster]
      if size > 0 {
        participants += 1
        atMost += size
        atLeast += min(plan.minimum, size)
      }
    }
    let remaining = plan.target - fixed
    var bound = plan.minimum
    if participants > 0, remaining > 0 {
      bound = max(bound, Int(plan.share * Double(remaining) / Double(participants)))
    }
    var lower = upper
    for cluster in 0..<k where isFixed.isEmpty || !isFixed[cluster] {
      lower[cluster] = min(bound, upper[cluster])
    }
    target = plan.target
    self.remaining = remaining
    self.participants = participants
    feasible = atLeast...atMost
    self.lower = lower
    self.upper = upper
    probability = []
    wanted = []
  }

  /// - Throws: `PlanError.infeasible` when the target is outside `feasible`.
  func requireFeasible(_ plan: Plan) throws(PlanError) {
    if feasible.contains(target) { return }
    let text: String
    if participants > 0 {
      let rows = plan.minimum == 1 ? "row" : "rows"
      text =
        "target \(target) is outside \(feasible.lowerBound)...\(feasible.upperBound): every "
        + "concept keeps at least \(plan.minimum) \(rows) (minimum) and at most its size; choose a "
        + "target within it, or change minimum or overrides"
    } else if plan.overrides.isEmpty {
      text = "target \(target) is outside 0...0: there are no candidates; choose target 0"
    } else {
      text =
        "target \(target) is not \(feasible.lowerBound), the only one left: overrides fix every "
        + "concept that has rows; choose target \(feasible.lowerBound), or clear an override"
    }
    throw .infeasible(target: target, feasible: feasible, text: text)
  }

  /// Sets `probability` and `wanted`.
  mutating func setProbabilities(_ plan: Plan, _ scores: ConceptScores) {
    var share = [Double](repeating: 0, count: upper.count)
    defer {
      let total = Double(remaining)
      wanted = share.map { $0 * total }
      probability = share
    }
    if participants == 0 { return }
    var takesPart = scores.size.map { $0 > 0 }
    var weights: [(cluster: Int, weight: Double)] = []
    for override in plan.overrides {
      if case .weight(let weight) = override.action {
        weights.append((override.cluster, weight))
      } else {
        takesPart[override.cluster] = false
      }
    }
    switch plan.strategy {
    case .uniform:
      for cluster in share.indices where takesPart[cluster] { share[cluster] = 1 }
    case .proportional:
      for cluster in share.indices where takesPart[cluster] {
        share[cluster] = Double(scores.size[cluster])
      }
    case .complexity:
      Self.exponentials(scores.complexity, plan.temperature, takesPart, &share)
    case .dInter:
      Self.exponentials(scores.dInter, plan.temperature, takesPart, &share)
    case .dIntra:
      Self.exponentials(scores.dIntra, plan.temperature, takesPart, &share)
    }
    Self.weigh(&share, weights)
    var sum = 0.0
    for value in share { sum += value }
    for cluster in share.indices { share[cluster] /= sum }
  }

  /// exp((score - largest score) / temperature) where `takesPart`; the largest gives 1.
  private static func exponentials(
    _ scores: [Double], _ temperature: Double, _ takesPart: [Bool], _ result: inout [Double]
  ) {
    var largest = -Double.infinity
    for cluster in scores.indices where takesPart[cluster] {
      largest = max(largest, scores[cluster])
    }
    for cluster in scores.indices where takesPart[cluster] {
      result[cluster] = portableExp((scores[cluster] - largest) / temperature)
    }
  }

  /// Multiplies shares by weights, and keeps the largest product near 1 where weights are so
  /// extreme that sums would leave the range of Double.
  private static func weigh(
    _ share: inout [Double], _ weights: [(cluster: Int, weight: Double)]
  ) {
    if weights.allSatisfy({ abs($0.weight.exponent) <= 400 }) {
      for (cluster, weight) in weights { share[cluster] *= weight }
      return
    }
    var exponent = [Int](repeating: 0, count: share.count)
    for (cluster, weight) in weights where share[cluster] > 0 {
      share[cluster] *= weight.significand
      exponent[cluster] = Int(weight.exponent)
    }
    var largest = Int.min
    for cluster in share.indices where share[cluster] > 0 {
      largest = max(largest, Int(share[cluster].exponent) + exponent[cluster])
    }
    for cluster in share.indices where share[cluster] > 0 {
      share[cluster] = Double(
        sign: .plus, exponent: exponent[cluster] - largest, significand: share[cluster])
    }
  }
}
