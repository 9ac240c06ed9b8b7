// Pages of a concept's rows by rank, and the concepts near a concept, against slow twins.

import BuildSupport
import Pruning
import TestSupport
import Testing
import Workspace

struct RanksTests {
  @Test(arguments: Order.allCases)
  func everyPageIsItsPartOfTheOrder(order: Order) throws {
    let sample = try SampleWorkspace(clusters: 4)
    let workspace = sample.workspace
    for cluster in 0..<4 {
      let size = workspace.scores.size[cluster]
      var whole: [Int] = []
      // Rank by rank: what the quota x + 1 keeps and the quota x does not.
      for quota in 0..<size where order.isNested {
        var plan = Plan(target: 0)
        plan.order = order
        plan.selectionSeed = 5
        let less = try workspace.keptPositions(of: cluster, quota: quota, plan)
        let more = try workspace.keptPositions(of: cluster, quota: quota + 1, plan)
        whole += more.filter { !less.contains($0) }
      }
      if order == .stratified { whole = Array(0..<size) }
      for first in 0...size {
        for end in first...min(size, first + 9) {
          let page = try workspace.positions(
            of: cluster, ranks: first..<end, order: order, seed: 5)
          #expect(page == Array(whole[first..<end]), "\(order) \(first)..<\(end)")
        }
      }
    }
    withExtendedLifetime(sample) {}
  }

  @Test func aCancelledPageIsNone() throws {
    let sample = try SampleWorkspace(clusters: 1)
    let workspace = sample.workspace
    #expect(
      try workspace.positions(of: 0, ranks: 0..<3, order: .random, seed: 1, isCancelled: { true })
        == nil)
    #expect(try workspace.nearestConcepts(to: 0, count: 3)?.isEmpty == true)
    withExtendedLifetime(sample) {}
  }

  @Test func neighboursAreTheNearestCentroids() throws {
    let sample = try SampleWorkspace(clusters: 9)
    let workspace = sample.workspace
    let centroids = try NpyArray(sample.folder("ws/centroids.npy")).doubles()
    let width = workspace.dimensions
    for cluster in 0..<9 {
      func distance(_ other: Int) -> Double {
        var (dot, a, b) = (0.0, 0.0, 0.0)
        for index in 0..<width {
          let x = centroids[cluster * width + index]
          let y = centroids[other * width + index]
          (dot, a, b) = (dot + x * y, a + x * x, b + y * y)
        }
        return max(0, 1 - dot / (a * b).squareRoot())
      }
      let slow = (0..<9).filter { $0 != cluster && workspace.scores.size[$0] > 0 }
        .sorted { distance($0) < distance($1) }
      for count in [0, 1, 4, 20] {
        let found = try #require(try workspace.nearestConcepts(to: cluster, count: count))
        #expect(found.count == min(count, slow.count))
        for (near, other) in zip(found, slow) {
          #expect(abs(Double(near.distance) - distance(other)) < 1e-5)
        }
      }
    }
    withExtendedLifetime(sample) {}
  }
}
