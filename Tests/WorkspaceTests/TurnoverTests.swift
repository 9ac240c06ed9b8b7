// Rows that enter and leave, against the sets of kept rows.

import BuildSupport
import Pruning
import TestSupport
import Testing
import Workspace

@Suite struct TurnoverTests {
  @Test func equalsTheDifferenceOfTheSets() throws {
    let sample = try SampleWorkspace(clusters: 7)
    let workspace = sample.workspace
    var random = SeededRandom(9)
    for round in 0..<60 {
      func plan() -> (Plan, [Int]) {
        var plan = Plan(target: 0)
        plan.order = Order.allCases.randomElement(using: &random)!
        plan.selectionSeed = UInt64.random(in: 1...2, using: &random)
        return (plan, workspace.scores.size.map { Int.random(in: 0...$0, using: &random) })
      }
      let ((old, oldQuota), (new, newQuota)) = (plan(), plan())
      let before = try workspace.keptRows(oldQuota, old, threads: 1)
      let after = try workspace.keptRows(newQuota, new, threads: 1)
      for threads in [1, 3] {
        let found = try workspace.turnover(
          from: old, oldQuota, to: new, newQuota, threads: threads, progress: { _ in true })
        #expect(
          found
            == Turnover(
              entering: after.countMissing(in: before), leaving: before.countMissing(in: after)),
          "round \(round), \(threads) threads")
      }
    }
  }

  @Test func itCanBeGivenUp() throws {
    let sample = try SampleWorkspace()
    let size = sample.workspace.scores.size
    var (old, new) = (Plan(target: 0), Plan(target: 0))
    (old.order, new.order) = (.hardest, .random)
    let half = size.map { $0 / 2 }
    #expect(
      try sample.workspace.turnover(
        from: old, half, to: new, half, threads: 1, progress: { _ in false }) == nil)
    // What quotas tell needs no counting.
    #expect(
      try sample.workspace.turnover(
        from: old, half, to: old, size, threads: 1, progress: { _ in false })
        == Turnover(entering: size.reduce(0, +) - half.reduce(0, +), leaving: 0))
  }

  @Test func similarityNeedsSimilarities() throws {
    let folder = try TemporaryFolder()
    let workspace = try folder.build([folder.shard("a", clumpedRows(9, dimensions: 2))])
    var plan = Plan(target: 5)
    plan.order = .similarity
    #expect(
      refusal {
        _ = try workspace.turnover(
          from: Plan(target: 5), workspace.scores.size, to: plan, workspace.scores.size, threads: 1,
          progress: { _ in true })
      }?.contains("order: similarity needs the image-text similarity") == true)
  }
}
