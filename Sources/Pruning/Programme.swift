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
  let lower: [Int]
  let upper: [Int]
  /// The upper bound of concepts that take part, 0 for fixed and empty ones; with `remaining` for
  /// a target that is the same programme without them.
  let room: [Double]
  /// The lower bound of concepts that take part and have the room for it.
  let bound: Double
  /// Which concepts are neither fixed nor empty.
  private let takesPart: [Bool]
  private(set) var probability: [Double]
  private(set) var wanted: [Double]

  /// Sets the bounds. The share's bound counts only where the target is feasible, since it is a
  /// share of it.
  init(_ plan: Plan, _ scores: ConceptScores) {
    var upper = scores.size
    var takesPart = upper.map { $0 > 0 }
    var fixed = 0
    for override in plan.overrides {
      let cluster = override.cluster
      guard let count = override.fixedCount(size: scores.size[cluster]) else { continue }
      takesPart[cluster] = false
      upper[cluster] = count
      fixed += count
    }
    var participants = 0
    var atLeast = fixed
    var atMost = fixed
    let room = [Double](capacity: upper.count) { room in
      for cluster in upper.indices {
        let size = takesPart[cluster] ? upper[cluster] : 0
        participants += takesPart[cluster] ? 1 : 0
        atMost += size
        atLeast += min(plan.minimum, size)
        room.append(Double(size))
      }
    }
    let remaining = plan.target - fixed
    var bound = plan.minimum
    if participants > 0, remaining > 0 {
      bound = max(bound, Int(plan.share * Double(remaining) / Double(participants)))
    }
    lower = [Int](capacity: upper.count) { lower in
      for cluster in upper.indices {
        lower.append(takesPart[cluster] ? min(bound, upper[cluster]) : upper[cluster])
      }
    }
    self.upper = upper
    self.bound = Double(bound)
    self.room = room
    self.takesPart = takesPart
    target = plan.target
    self.remaining = remaining
    self.participants = participants
    feasible = atLeast...atMost
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
        "target \(target) is not \(feasible.lowerBound), the only one possible: overrides fix "
        + "every concept that has rows; choose target \(feasible.lowerBound), or clear an override"
    }
    throw .infeasible(target: target, feasible: feasible, text: text)
  }

  mutating func setProbabilities(_ plan: Plan, _ scores: ConceptScores) {
    switch plan.strategy {
    case .uniform:
      probability = takesPart.map { $0 ? 1 : 0 }
    case .proportional:
      probability = zip(scores.size, takesPart).map { $1 ? Double($0) : 0 }
    case .complexity:
      probability = exponentials(scores.complexity, plan.temperature)
    case .dInter:
      probability = exponentials(scores.dInter, plan.temperature)
    case .dIntra:
      probability = exponentials(scores.dIntra, plan.temperature)
    }
    let weights = plan.overrides.compactMap { override -> (cluster: Int, weight: Double)? in
      if case .weight(let weight) = override.action { (override.cluster, weight) } else { nil }
    }
    Self.weigh(&probability, weights)
    var sum = 0.0
    for value in probability { sum += value }
    // Without a participant all shares are 0, and stay so.
    let divisor = participants > 0 ? sum : 1
    let total = Double(remaining)
    var share = probability.mutableSpan
    wanted = [Double](capacity: share.count) { wanted in
      for cluster in 0..<share.count {
        share[cluster] /= divisor
        wanted.append(share[cluster] * total)
      }
    }
  }

  /// exp((score - largest score) / temperature) of the participants, so that the largest gives 1.
  private func exponentials(_ scores: [Double], _ temperature: Double) -> [Double] {
    var largest = -Double.infinity
    for cluster in scores.indices where takesPart[cluster] {
      largest = max(largest, scores[cluster])
    }
    return [Double](capacity: scores.count) { result in
      for cluster in scores.indices {
        let power = portableExp((scores[cluster] - largest) / temperature)
        result.append(takesPart[cluster] ? power : 0)
      }
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
