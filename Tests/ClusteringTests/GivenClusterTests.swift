// Distances to clusters that are known are those of a search that finds them.

import Clustering
import Storage
import TestSupport
import Testing

struct GivenClusterTests {
  @Test(arguments: [1, 5, 300], [1, 16, 77])
  func distancesAreThoseOfTheSearch(count: Int, dimensions: Int) {
    var random = SeededRandom(UInt64(count * 1000 + dimensions))
    var rows = clumps(count, dimensions: dimensions, clumps: 4, &random)
    if count > 3 {
      rows[1] = rows[1].map { _ in 0 }
      rows[3][0] = .nan
    }
    let k = 9
    let bytes = rawBytes(rows.flatMap { $0 })
    let components = random.components(k * dimensions)
    for set in instructionSets {
      let centroids = Centroids(
        components: components, count: k, dimensions: dimensions, instructions: set)
      var nearest = [UInt32](repeating: 0, count: count)
      var expected = [Float](repeating: 0, count: count)
      var found = expected
      var (faulty, again): ([Int], [Int]) = ([], [])
      let scratch = AssignmentScratch()
      bytes.withUnsafeBytes { bytes in
        centroids.assign(
          bytes: bytes, element: .float32, count: count, nearest: &nearest, distances: &expected,
          scratch: scratch
        ) { row, _ in faulty.append(row) }
        centroids.distances(
          bytes: bytes, element: .float32, count: count, to: nearest, distances: &found,
          scratch: scratch
        ) { row, _ in again.append(row) }
      }
      #expect(faulty == again && faulty == (count > 3 ? [1, 3] : []))
      for row in 0..<count where !faulty.contains(row) {
        #expect(found[row].bitPattern == expected[row].bitPattern, "row \(row)")
      }
    }
  }
}
