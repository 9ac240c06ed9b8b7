// The nearest centroid on every instruction set against a search that compares one by one.

import CKernels
import TestSupport
import Testing

struct NearestTests {
  private struct Answer: Equatable {
    var nearest: [UInt32]
    var distanceBits: [UInt32]
  }

  /// Row counts and centroid counts around the sizes of the blocks that the search works in.
  @Test(arguments: [1, 63, 64, 65, 130], [1, 2, 255, 256, 257, 515])
  func equalsTheSlowSearch(rowCount: Int, centroidCount: Int) {
    var random = SeededRandom(UInt64(rowCount * 1000 + centroidCount))
    let rows = (0..<rowCount).map { _ in random.components(7) }
    let centroids = (0..<centroidCount).map { _ in random.components(7) }
    expectSlowAnswer(rows, centroids)
  }

  @Test func theLowestOfEqualCentroidsWins() {
    // Few directions, each there many times, also beyond one block of centroids.
    var random = SeededRandom(1)
    let directions = (0..<7).map { _ in random.components(5) }
    let centroids = (0..<600).map { _ in directions[Int.random(in: 0..<7, using: &random)] }
    let answer = expectSlowAnswer(directions + directions.map { $0.map { -$0 } }, centroids)
    for (row, direction) in directions.enumerated() {
      #expect(Int(answer.nearest[row]) == centroids.firstIndex(of: direction))
    }
  }

  @Test func theLengthOfCentroidsDoesNotCount() {
    // Powers of two leave every cosine as it is, so all these centroids tie.
    let direction: [Float] = [0.5, -0.25, 0.125]
    let centroids = [3, -2, 0, 5].map { (exponent: Int) in
      direction.map { $0 * Float(sign: .plus, exponent: exponent, significand: 1) }
    }
    let answer = expectSlowAnswer([direction], centroids)
    #expect(answer.nearest == [0])
  }

  @Test func distancesAreNeverNegative() {
    // A row's cosine to itself is above 1 for some of these by a rounding.
    var random = SeededRandom(2)
    let rows = (0..<300).map { _ in random.components(33) }
    let answer = expectSlowAnswer(rows, rows)
    #expect(answer.nearest == (0..<300).map { UInt32($0) })
    #expect(answer.distanceBits.allSatisfy { Float(bitPattern: $0) <= 1e-6 })
    // Minus zero has a sign bit, too.
    #expect(answer.distanceBits.allSatisfy { $0 >> 31 == 0 })
  }

  @Test func rowsThatFaceAwayFromAllCentroids() {
    let centroids: [[Float]] = [[1, 0], [0.8, 0.6], [0.6, 0.8]]
    let answer = expectSlowAnswer([[-1, 0], [-0.5, -0.5]], centroids)
    #expect(answer.nearest == [2, 0])
    #expect(answer.distanceBits.allSatisfy { Float(bitPattern: $0) > 1.5 })
  }

  @discardableResult
  private func expectSlowAnswer(_ rows: [[Float]], _ centroids: [[Float]]) -> Answer {
    let dimensions = rows[0].count
    func norms(_ vectors: [[Float]]) -> [Double] {
      vectors.map { Double(canonicalDot($0, $0)).squareRoot() }
    }
    let (rowNorms, centroidNorms) = (norms(rows), norms(centroids))
    var expected = Answer(nearest: [], distanceBits: [])
    for (row, rowNorm) in zip(rows, rowNorms) {
      let cosines = zip(centroids, centroidNorms).map {
        Double(canonicalDot(row, $0)) / (rowNorm * $1)
      }
      let best = cosines.max()!
      expected.nearest.append(UInt32(cosines.firstIndex(of: best)!))
      expected.distanceBits.append(Float(1 - best > 0 ? 1 - best : 0).bitPattern)
    }
    let rowBlock = AlignedVectors(rows, dimensions: dimensions)
    let centroidBlock = AlignedVectors(centroids, dimensions: dimensions)
    let scratch = AlignedVectors(
      [[Float](repeating: .nan, count: Int(WK_NEAREST_ROWS * WK_NEAREST_CENTROIDS))],
      dimensions: Int(WK_NEAREST_ROWS * WK_NEAREST_CENTROIDS))
    for set in instructionSets {
      var nearest = [UInt32](repeating: .max, count: rows.count)
      var distances = [Float](repeating: .nan, count: rows.count)
      wk_nearest(
        set, rowBlock.values, rowNorms, rows.count, centroidBlock.values, centroidNorms,
        centroids.count, rowBlock.stride, &nearest, &distances, scratch.values)
      #expect(
        Answer(nearest: nearest, distanceBits: distances.map(\.bitPattern)) == expected,
        "set \(set)")
    }
    return expected
  }
}
