// Random keys at random sizes: nothing traps, and what the screen says adds up.

import Canvas
import Explorer
import Pruning
import Testing

@Suite struct RandomKeyTests {
  /// All keys of the table, and some that mean nothing; quitting is left to the last step.
  private static let keys: [KeyPress] =
    Array(Set(Actions.all.flatMap(\.keys))).sorted { $0.text < $1.text }
    + ["1", "2", "%", ".", "z", "花", .function(9), .left]

  @Test(arguments: 0..<60)
  func theSumIsTheTarget(_ seed: Int) throws {
    var draw = 0
    func random(_ bound: Int) -> Int {
      draw += 1
      return Int(splitmix64(seed: UInt64(seed) &+ 1_000, row: UInt64(draw)) % UInt64(bound))
    }
    let clusters = [0, 1, 2, 18, 200, 1_000][random(6)]
    var state = try Fixture.state(clusters: clusters, hasSimilarity: seed % 2 == 0)
    let runner = ScriptRunner(
      performer: InstantWork(
        clusters: clusters, existing: seed % 3 == 0 ? .free : .file(bytes: 9)))
    state = runner.settle(state, .resize(Size(width: 20 + random(160), height: 5 + random(60))))
    for _ in 0..<200 where !state.isFinished {
      let event =
        random(20) == 0
        ? Event.resize(Size(width: 1 + random(200), height: 1 + random(70)))
        : Event.key(RandomKeyTests.keys[random(RandomKeyTests.keys.count)])
      state = runner.settle(state, event)
      let sum = state.quotas.quota.reduce(0, +)
      #expect(sum == state.plan.target)
      let grid = view(state, state.size)
      if grid.width >= 60, grid.height >= 16 {
        #expect(
          grid.text.contains("Σ \(thousands(sum)) ="), "\(state.size.text): \(event)")
      }
      if draw % 8 == 0 {
        #expect((0..<grid.height).allSatisfy { columns(of: grid.row($0)) == grid.width })
      }
    }
    #expect(state.running.isEmpty)
  }
}
