// Training against the slow k-means of TestSupport, to the last bit.

import Clustering
import TestSupport
import Testing

struct KMeansTests {
  @Test(arguments: 0..<40)
  func equalsTheSlowTwin(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    let count = Int.random(in: 1...120, using: &random)
    let dimensions = Int.random(in: 1...40, using: &random)
    let k = [1, count, Int.random(in: 1...count, using: &random), min(count, 5)][seed % 4]
    let rows = clumps(
      count, dimensions: dimensions, clumps: Int.random(in: 1...6, using: &random), &random)
    let initial = Array((0..<count).shuffled(using: &random).prefix(k))
    expectSlowTraining(rows, initial, iterations: [25, 1, 3, 0][seed / 4 % 4])
  }

  @Test func coincidingRowsFillEveryCluster() {
    // All rows tie for cluster 0; refilling gives the others a row each, round after round.
    let rows = [[Float]](repeating: [0.25, -1, 3], count: 9)
    let result = expectSlowTraining(rows, [4, 2, 8, 0], iterations: 25)
    #expect(result.converged)
    #expect(result.iterations == 1)
  }

  @Test func rowsThatCancelEachOtherLeaveTheirCentroid() {
    let rows: [[Float]] = [[1, 0, 0], [-1, 0, 0]]
    let result = expectSlowTraining(rows, [0], iterations: 25)
    #expect(result.centroids.components() == [1, 0, 0])
    // Two pairs that cancel beside a cluster that does not.
    expectSlowTraining(
      [[1, 0, 0], [-1, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0.1, 1]], [0, 4],
      iterations: 25)
  }

  @Test func stopsWhenNoRowMoves() {
    let rows: [[Float]] = [[1, 0], [1, 0.1], [0, 1], [0.1, 1]]
    var told: [[Int]] = []
    let result = train(Vectors(rows), [0, 2], iterations: 25) { round, moved in
      told.append([round, moved])
      return true
    }
    #expect(result?.converged == true)
    #expect(result?.iterations == 1)
    #expect(told == [[1, 4]])
  }

  @Test func stopsWhenAsked() {
    var random = SeededRandom(5)
    let vectors = Vectors(clumps(100, dimensions: 4, clumps: 9, &random))
    var rounds = 0
    let result = train(vectors, Array(0..<20), iterations: 25) { round, _ in
      rounds = round
      return round < 2
    }
    #expect(result == nil && rounds == 2)
  }

  @Test func threadsAndInstructionSetsGiveTheSameBytes() {
    var random = SeededRandom(6)
    // More than two of the blocks that assignment is cut into.
    let rows = clumps(1300, dimensions: 33, clumps: 12, &random)
    let initial = Array(stride(from: 0, to: 1300, by: 50))
    let expected = SlowKMeans(Vectors(rows).slow, initial: initial, iterations: 4)
    for set in instructionSets {
      for threads in [1, 2, 5] {
        let result = train(
          Vectors(rows, instructions: set), initial, iterations: 4, threads: threads,
          instructions: set)
        #expect(
          result?.centroids.bits
            == expected.centroids.flatMap { $0.components.map(\.bitPattern) },
          "\(set), \(threads) threads")
      }
    }
  }

  /// Long enough that rows are skipped and compared with far movers alone.
  @Test(arguments: [(500, 8, 40, 3), (700, 20, 90, 7), (400, 3, 50, 6), (700, 48, 80, 9)])
  func longTrainingsEqualTheSlowTwin(count: Int, dimensions: Int, k: Int, centres: Int) {
    var random = SeededRandom(UInt64(count + k))
    let rows = clumps(count, dimensions: dimensions, clumps: centres, &random)
    let initial = Array((0..<count).shuffled(using: &random).prefix(k))
    let expected = SlowKMeans(Vectors(rows).slow, initial: initial, iterations: 25)
    #expect(expected.iterations > 4)
    for set in instructionSets {
      let result = train(
        Vectors(rows, instructions: set), initial, iterations: 25, threads: 2, instructions: set)!
      #expect(result.centroids.slow == expected.centroids, "\(set)")
      #expect(result.iterations == expected.iterations && result.converged == expected.converged)
    }
  }

  @Test func goingOnFromAnyRoundIsGoingOn() throws {
    var random = SeededRandom(77)
    let rows = Vectors(clumps(600, dimensions: 12, clumps: 20, &random)).block
    let parameters = TrainingParameters(
      clusters: 60, iterations: 30, threads: 2, instructions: .best)
    let start = TrainingState(rows: rows, initial: Array(0..<60), parameters: parameters)
    var states = [start]
    var moved: [Int] = []
    let whole = trainSphericalKMeans(rows: rows, from: start, parameters: parameters) {
      _, count, state in
      states.append(state())
      moved.append(count)
      return true
    }
    #expect(states.count > 6 && states.map(\.rounds) == Array(states.indices))
    for state in states {
      var later: [Int] = []
      let result = trainSphericalKMeans(rows: rows, from: state, parameters: parameters) {
        _, moved, _ in
        later.append(moved)
        return true
      }
      #expect(result?.centroids.bits == whole?.centroids.bits)
      #expect(result?.iterations == whole?.iterations && result?.converged == whole?.converged)
      #expect(later == Array(moved[state.rounds...]))
    }
  }

  /// A margin that promises too much would let rows stay where they do not belong.
  @Test func marginsAreNoLargerThanTheLead() {
    var random = SeededRandom(78)
    for dimensions in [2, 17, 100, 300] {
      let rows = clumps(300, dimensions: dimensions, clumps: 70, &random)
      let vectors = Vectors(rows)
      for set in instructionSets {
        let centroids = Centroids(
          components: clumps(90, dimensions: dimensions, clumps: 70, &random).flatMap { $0 },
          count: 90, dimensions: dimensions, instructions: set)
        var nearest = [UInt32](repeating: 0, count: 300)
        var margins = [Float](repeating: -1, count: 300)
        centroids.assign(
          vectors.block, count: 300, nearest: &nearest, margins: &margins,
          scratch: AssignmentScratch())
        for (row, vector) in vectors.slow.enumerated() {
          let cosines = centroids.slow.map { vector.cosine($0) }
          let own = cosines[Int(nearest[row])]
          let rival = cosines.indices.filter { $0 != nearest[row] }.map { cosines[$0] }.max()!
          #expect(margins[row] >= 0 && Double(margins[row]) <= max(0, own - rival))
        }
        #expect(set == .portable || margins.contains { $0 > 0 })
      }
    }
  }

  @Test(arguments: 0..<200)
  func refillingEqualsASearchForEveryEmptyCluster(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    let count = Int.random(in: 1...30, using: &random)
    let k = Int.random(in: 1...count, using: &random)
    // Few clusters have rows, few different distances: ties and donors of one row occur.
    let used = Int.random(in: 1...k, using: &random)
    let clusters = (0..<count).map { _ in Int.random(in: 0..<used, using: &random) }
    let distances = (0..<count).map { _ in Float(Int.random(in: 0...4, using: &random)) / 4 }
    var expected = clusters
    SlowKMeans.refill(&expected, distances, clusterCount: k)
    let sizes = (0..<k).map { cluster in clusters.count { $0 == cluster } }
    let farthest = (0..<count).sorted {
      distances[$0] != distances[$1] ? distances[$0] > distances[$1] : $0 < $1
    }
    let refills = refills(sizes: sizes, donors: farthest.map { clusters[$0] })
    var found = clusters
    for refill in refills { found[farthest[refill.row]] = refill.cluster }
    #expect(found == expected)
    #expect(Set(found).count == k)
    #expect(refills.map(\.cluster) == sizes.indices.filter { sizes[$0] == 0 })
    // Twice as many rows as clusters are enough.
    #expect(
      Clustering.refills(sizes: sizes, donors: farthest.prefix(2 * k).map { clusters[$0] })
        == refills)
  }

  @discardableResult
  private func expectSlowTraining(
    _ rows: [[Float]], _ initial: [Int], iterations: Int
  ) -> TrainingResult {
    let vectors = Vectors(rows)
    let result = train(vectors, initial, iterations: iterations) { _, _ in true }!
    let expected = SlowKMeans(vectors.slow, initial: initial, iterations: iterations)
    #expect(result.centroids.slow == expected.centroids)
    #expect(result.iterations == expected.iterations)
    #expect(result.converged == expected.converged)
    return result
  }

  private func train(
    _ vectors: Vectors, _ initial: [Int], iterations: Int, threads: Int = 1,
    instructions: InstructionSet = .best, afterRound: (Int, Int) -> Bool = { _, _ in true }
  ) -> TrainingResult? {
    let parameters = TrainingParameters(
      clusters: initial.count, iterations: iterations, threads: threads,
      instructions: instructions)
    let start = TrainingState(rows: vectors.block, initial: initial, parameters: parameters)
    return trainSphericalKMeans(rows: vectors.block, from: start, parameters: parameters) {
      round, moved, _ in afterRound(round, moved)
    }
  }
}
