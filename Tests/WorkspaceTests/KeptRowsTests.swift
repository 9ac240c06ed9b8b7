// The rows that a plan keeps, against full sorts.

import BuildSupport
import Pruning
import TestSupport
import Testing
import Workspace

struct KeptRowsTests {
  @Test(arguments: Order.allCases)
  func equalSortingEveryConcept(order: Order) throws {
    let sample = try SampleWorkspace(clusters: 7)
    let workspace = sample.workspace
    var random = SeededRandom(6)
    for seed in 0..<20 as Range<UInt64> {
      var plan = Plan(target: 40)
      plan.order = order
      plan.selectionSeed = seed
      let quotas = workspace.scores.size.map {
        seed == 0 ? $0 : seed == 1 ? 0 : Int.random(in: 0...$0, using: &random)
      }
      var expected: [Int] = []
      for cluster in 0..<7 {
        expected += try kept(workspace, cluster, quotas[cluster], plan)
      }
      for threads in [1, 2, 5] {
        let rows = try workspace.keptRows(quotas, plan, threads: threads)
        #expect(Array(rows) == expected.sorted(), "seed \(seed), \(threads) threads")
      }
    }
  }

  @Test func similarityNeedsSimilarities() throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.build([folder.shard("a", clumpedRows(9, dimensions: 2))])
    var plan = Plan(target: 5)
    plan.order = .similarity
    #expect(
      refusal { _ = try workspace.keptRows(workspace.scores.size, plan, threads: 1) }?
        .contains("order: similarity needs the image-text similarity") == true)
  }

  /// The rows that a concept keeps, by sorting all of its own.
  private func kept(
    _ workspace: OpenWorkspace, _ cluster: Int, _ quota: Int, _ plan: Plan
  ) throws -> [Int] {
    let range = workspace.offset(cluster)..<workspace.offset(cluster + 1)
    let rows = try range.map { try workspace.row(at: $0) }
    let distance = Dictionary(
      uniqueKeysWithValues: try range.map {
        (try workspace.row(at: $0), try workspace.distance(at: $0))
      })
    let similarity = Dictionary(
      uniqueKeysWithValues: try rows.map { ($0, try workspace.similarity($0)) })
    if plan.order == .stratified {
      return (0..<quota).map { rows[(2 * $0 + 1) * rows.count / (2 * quota)] }
    }
    func key(_ row: Int) -> Double {
      switch plan.order {
      case .hardest, .stratified: -Double(distance[row]!)
      case .easiest: Double(distance[row]!)
      case .similarity: similarity[row]!.map { -Double($0) } ?? .infinity
      case .random: 0
      }
    }
    let sorted = rows.sorted {
      if plan.order == .random {
        return slowHash(plan.selectionSeed, UInt64($0)) < slowHash(plan.selectionSeed, UInt64($1))
      }
      return key($0) != key($1) ? key($0) < key($1) : $0 < $1
    }
    return Array(sorted.prefix(quota))
  }
}
