// The slow, obvious solver beside the fast one: by the words of the method, with Foundation's exp,
// a heap that hands out one row at a time, plain bisection, and enumeration for tiny problems.

import Foundation
import Pruning

enum IndependentSolver {
  /// The rows an override fixes, by integers alone.
  static func fixed(_ action: Override.Action, size: Int) -> Int? {
    switch action {
    case .drop: 0
    case .count(let count): count
    case .weight: nil
    case .keep(let fraction):
      // Thousandths are all that the problems use.
      Int((fraction.doubleValue * 1000).rounded()) * size / 1000
    }
  }

  static func fixed(_ scores: ConceptScores, _ plan: Plan) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for override in plan.overrides {
      result[override.cluster] = fixed(override.action, size: scores.size[override.cluster])
    }
    return result
  }

  /// The targets that some quotas between the bounds sum to.
  static func feasible(_ scores: ConceptScores, _ plan: Plan) -> ClosedRange<Int> {
    let fixed = fixed(scores, plan)
    var low = 0
    var high = 0
    for (cluster, size) in scores.size.enumerated() {
      low += fixed[cluster] ?? min(plan.minimum, size)
      high += fixed[cluster] ?? size
    }
    return low...high
  }

  /// P_j by the words of the method.
  static func probability(_ scores: ConceptScores, _ plan: Plan) -> [Double] {
    let fixed = fixed(scores, plan)
    let free = scores.size.indices.filter { fixed[$0] == nil && scores.size[$0] > 0 }
    var share = [Double](repeating: 0, count: scores.clusters)
    func softmax(_ values: [Double]) {
      let largest = free.map { values[$0] / plan.temperature }.max() ?? 0
      for cluster in free { share[cluster] = exp(values[cluster] / plan.temperature - largest) }
    }
    switch plan.strategy {
    case .complexity: softmax(scores.complexity)
    case .dInter: softmax(scores.dInter)
    case .dIntra: softmax(scores.dIntra)
    case .uniform: for cluster in free { share[cluster] = 1 }
    case .proportional: for cluster in free { share[cluster] = Double(scores.size[cluster]) }
    }
    for override in plan.overrides {
      if case .weight(let weight) = override.action { share[override.cluster] *= weight }
    }
    let sum = share.reduce(0, +)
    return sum > 0 ? share.map { $0 / sum } : share
  }

  static func bounds(_ scores: ConceptScores, _ plan: Plan) -> (lower: [Int], upper: [Int]) {
    let fixed = fixed(scores, plan)
    let participants = scores.size.indices.filter { fixed[$0] == nil && scores.size[$0] > 0 }.count
    let remaining = plan.target - fixed.values.reduce(0, +)
    var lower: [Int] = []
    var upper: [Int] = []
    for (cluster, size) in scores.size.enumerated() {
      let share = participants == 0 ? 0 : plan.share * Double(remaining) / Double(participants)
      lower.append(fixed[cluster] ?? min(max(plan.minimum, Int(share)), size))
      upper.append(fixed[cluster] ?? size)
    }
    return (lower, upper)
  }

  /// Hands out one row at a time from the lower bounds, by a binary heap.
  static func greedy(_ wanted: [Double], _ lower: [Int], _ upper: [Int], _ target: Int) -> [Int] {
    var quota = lower
    var heap = Heap()
    for cluster in quota.indices where quota[cluster] < upper[cluster] {
      heap.entries.append((Double(quota[cluster]) - wanted[cluster], cluster))
    }
    for at in heap.entries.indices.reversed() { heap.sink(at) }
    for _ in 0..<target - lower.reduce(0, +) {
      let cluster = heap.entries[0].cluster
      quota[cluster] += 1
      if quota[cluster] < upper[cluster] {
        heap.entries[0].key = Double(quota[cluster]) - wanted[cluster]
      } else {
        heap.entries.swapAt(0, heap.entries.count - 1)
        heap.entries.removeLast()
      }
      heap.sink(0)
    }
    return quota
  }

  /// A binary heap, the smallest (key, cluster) on top.
  private struct Heap {
    var entries: [(key: Double, cluster: Int)] = []

    mutating func sink(_ start: Int) {
      var at = start
      while true {
        var least = at
        for child in 2 * at + 1..<2 * at + 3
        where child < entries.count && entries[child] < entries[least] {
          least = child
        }
        if least == at { return }
        entries.swapAt(at, least)
        at = least
      }
    }
  }

  /// The least cost of any quotas between the bounds that sum to the target, by trying all; nil
  /// when there are none.
  static func leastCost(
    _ wanted: [Double], _ lower: [Int], _ upper: [Int], _ target: Int
  ) -> Double? {
    func least(_ cluster: Int, _ left: Int) -> Double? {
      if cluster == wanted.count { return left == 0 ? 0 : nil }
      var best: Double?
      for x in lower[cluster]...upper[cluster] where x <= left {
        guard let rest = least(cluster + 1, left - x) else { continue }
        let cost = (Double(x) - wanted[cluster]) * (Double(x) - wanted[cluster]) + rest
        best = min(best ?? cost, cost)
      }
      return best
    }
    return least(0, target)
  }

  static func cost(_ quota: [Int], _ wanted: [Double]) -> Double {
    zip(quota, wanted).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  }

  /// The real minimiser by 200 halvings of a bracket.
  static func bisected(
    _ wanted: [Double], _ lower: [Int], _ upper: [Int], _ target: Int
  ) -> [Double] {
    func clipped(_ shift: Double) -> [Double] {
      wanted.indices.map { min(max(wanted[$0] + shift, Double(lower[$0])), Double(upper[$0])) }
    }
    var low = zip(lower, wanted).map { Double($0) - $1 }.min()!
    var high = zip(upper, wanted).map { Double($0) - $1 }.max()!
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if clipped(middle).reduce(0, +) < Double(target) { low = middle } else { high = middle }
    }
    return clipped(high)
  }
}
