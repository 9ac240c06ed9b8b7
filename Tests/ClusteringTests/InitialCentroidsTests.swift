// The rows that training begins with.

import Clustering
import TestSupport
import Testing

struct InitialCentroidsTests {
  @Test(arguments: 0..<20)
  func equalsTheSlowTwin(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    let count = Int.random(in: 1...80, using: &random)
    let k = seed % 3 == 0 ? count : Int.random(in: 1...count, using: &random)
    let rows = clumps(count, dimensions: 5, clumps: 4, &random)
    let vectors = Vectors(rows)
    let trials = Int.random(in: 1...5, using: &random)
    let chosen = choose(vectors, k, trials: trials)
    #expect(
      chosen
        == SlowKMeans.initialRows(vectors.slow, count: k, trials: trials) {
          slowHash(3, UInt64($0))
        }
    )
    #expect(Set(chosen).count == k)
    #expect(Set(chosen).isSubset(of: 0..<count))
  }

  @Test func threadsAndInstructionSetsChooseTheSameRows() {
    var random = SeededRandom(21)
    let rows = clumps(900, dimensions: 19, clumps: 10, &random)
    let expected = choose(Vectors(rows), 40, trials: 4)
    for set in instructionSets {
      for threads in [1, 2, 5] {
        let vectors = Vectors(rows, instructions: set)
        #expect(choose(vectors, 40, trials: 4, threads: threads, instructions: set) == expected)
      }
    }
  }

  @Test func coincidingRowsAreTakenFromTheLowest() {
    let chosen = choose(Vectors([[Float]](repeating: [1, 2], count: 6)), 4, trials: 3)
    let first = Int(slowHash(3, 0) % 6)
    #expect(chosen == [first] + (0..<6).filter { $0 != first }.prefix(3))
  }

  @Test func everyDirectionIsChosenBeforeOneTwice() {
    // Rows of the same direction have distance 0 from each other, whatever their length.
    let rows: [[Float]] = (0..<40).map { row in
      let direction: [Float] = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0]][row % 4]
      return direction.map { $0 * Float(row + 1) }
    }
    let chosen = choose(Vectors(rows), 4, trials: 2)
    #expect(Set(chosen.map { $0 % 4 }).count == 4)
  }

  @Test func stopsWhenAsked() {
    var random = SeededRandom(22)
    let vectors = Vectors(clumps(50, dimensions: 3, clumps: 5, &random))
    var asked = 0
    let chosen = chooseInitialRows(
      vectors.block, count: 20, trials: 2, threads: 1, instructions: .best,
      random: { slowHash(3, UInt64($0)) },
      shouldStop: {
        asked += 1
        return asked > 7
      })
    #expect(chosen == nil && asked == 8)
  }

  private func choose(
    _ vectors: Vectors, _ k: Int, trials: Int, threads: Int = 1,
    instructions: InstructionSet = .best
  ) -> [Int] {
    chooseInitialRows(
      vectors.block, count: k, trials: trials, threads: threads, instructions: instructions,
      random: { slowHash(3, UInt64($0)) }, shouldStop: { false })!
  }
}
