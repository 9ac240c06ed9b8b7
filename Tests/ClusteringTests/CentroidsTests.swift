// Centroids from elsewhere, assignment in parts, and d_inter.

import Clustering
import TestSupport
import Testing

struct CentroidsTests {
  @Test(arguments: [(1, 20), (2, 20), (5, 20), (21, 20), (22, 20), (60, 20), (60, 1), (300, 7)])
  func meanDistancesEqualSorting(count: Int, neighbours: Int) {
    var random = SeededRandom(UInt64(count * 100 + neighbours))
    let rows = clumps(count, dimensions: 11, clumps: 3, &random)
    let expected = slowMeanDistances(
      rows.map { SlowVector(unit: $0.map(Double.init)) }, neighbours: neighbours)
    #expect(count > 1 || expected == [0])
    for set in instructionSets {
      for threads in [1, 3] {
        let centroids = Centroids(
          components: rows.flatMap { $0 }, count: count, dimensions: 11, instructions: set)
        #expect(centroids.meanDistanceToNeighbours(neighbours, threads: threads) == expected)
      }
    }
  }

  @Test func unitVectorsAreTakenBitForBit() {
    var random = SeededRandom(1)
    let given = (0..<50).flatMap { _ in
      SlowVector(unit: random.components(77).map(Double.init)).components
    }
    let once = Centroids(components: given, count: 50, dimensions: 77, instructions: .best)
    #expect(once.components() == given)
  }

  @Test func othersAreScaledToUnitLength() {
    let vectors: [[Float]] = [
      [3, 4], [1e-30, 0], [1e38, 1e38], [0x1p-149, 0], [0.6, 0.8001], [-0x1p-140, 0x1p-141],
    ]
    let centroids = Centroids(
      components: vectors.flatMap { $0 }, count: vectors.count, dimensions: 2,
      instructions: .best)
    #expect(centroids.slow == vectors.map { SlowVector(unit: $0.map(Double.init)) })
    for cluster in vectors.indices {
      #expect((centroids.vectors.norm(cluster) - 1).magnitude < 1e-6)
    }
  }

  @Test func assigningInPartsIsAssigningAtOnce() {
    var random = SeededRandom(2)
    let vectors = Vectors(clumps(200, dimensions: 9, clumps: 4, &random))
    let centroids = Centroids(
      components: clumps(30, dimensions: 9, clumps: 4, &random).flatMap { $0 }, count: 30,
      dimensions: 9, instructions: .best)
    let expected = vectors.slow.map { $0.nearest(of: centroids.slow) }
    for part in [1, 7, 64, 200] {
      var nearest = [UInt32](repeating: .max, count: 200)
      var distances = [Float](repeating: -1, count: 200)
      let scratch = AssignmentScratch()
      nearest.withUnsafeMutableBufferPointer { nearest in
        distances.withUnsafeMutableBufferPointer { distances in
          for start in stride(from: 0, to: 200, by: part) {
            centroids.assign(
              vectors.block, start: start, count: min(part, 200 - start),
              nearest: nearest.baseAddress! + start, distances: distances.baseAddress! + start,
              scratch: scratch)
          }
        }
      }
      #expect(nearest.map { Int($0) } == expected.map(\.cluster))
      #expect(distances == expected.map(\.distance))
    }
  }

  @Test func cosineOfTwoCentroids() {
    let centroids = Centroids(
      components: [1, 0, 0.6, 0.8, -1, 0], count: 3, dimensions: 2, instructions: .best)
    #expect((centroids.cosine(0, 1) - 0.6).magnitude < 1e-7)
    #expect(centroids.cosine(0, 2) == -1)
    #expect(centroids.cosine(1, 2) == centroids.slow[1].cosine(centroids.slow[2]))
  }
}
