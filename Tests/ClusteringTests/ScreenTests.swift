// The screens against the canonical dot product of every row with every centroid: same centroids,
// same distances, bit for bit, above all where a bound that is too tight would show.

import Clustering
import Storage
import TestSupport
import Testing

private let screens = instructionSets.filter { $0 != .portable }

private struct Answer {
  var nearest: [UInt32]
  var distances: [UInt32]
}

/// Asks every screen about rows and centroids of float32.
private func expectCanonicalAnswers(
  _ rows: [[Float]], _ centroids: [[Float]], _ comment: String
) -> Int {
  let dimensions = rows[0].count
  let block = Vectors(rows).block
  func answer(
    _ set: InstructionSet, _ search: (Centroids, inout Answer, AssignmentScratch) -> Void
  ) -> (Answer, AssignmentScratch) {
    let prepared = Centroids(
      components: centroids.flatMap { $0 }, count: centroids.count, dimensions: dimensions,
      instructions: set, threads: 2)
    let scratch = AssignmentScratch()
    var answer = Answer(
      nearest: [UInt32](repeating: .max, count: rows.count),
      distances: [UInt32](repeating: .max, count: rows.count))
    search(prepared, &answer, scratch)
    return (answer, scratch)
  }
  var distances = [Float](repeating: -1, count: rows.count)
  var expected = answer(.portable) { prepared, answer, scratch in
    prepared.assignCanonically(
      block, count: rows.count, nearest: &answer.nearest, distances: &distances, scratch: scratch)
  }.0
  expected.distances = distances.map(\.bitPattern)
  var dots = 0
  for set in screens {
    var distances = [Float](repeating: -1, count: rows.count)
    var (found, scratch) = answer(set) { prepared, answer, scratch in
      prepared.assign(
        block, count: rows.count, nearest: &answer.nearest, distances: &distances,
        scratch: scratch)
    }
    found.distances = distances.map(\.bitPattern)
    let wrong = rows.indices.filter {
      found.nearest[$0] != expected.nearest[$0] || found.distances[$0] != expected.distances[$0]
    }
    #expect(wrong.isEmpty, "\(set), \(comment)")
    #expect(scratch.rows == rows.count)
    dots = max(dots, scratch.canonicalDots)
    // Without distances rows that are not contested take another way.
    let (unmeasured, _) = answer(set) { prepared, answer, scratch in
      prepared.assign(
        block, count: rows.count, nearest: &answer.nearest, distances: nil, scratch: scratch)
    }
    let otherwise = rows.indices.filter { unmeasured.nearest[$0] != expected.nearest[$0] }
    #expect(otherwise.isEmpty, "\(set), \(comment), no distances")
  }
  return dots
}

struct ScreenTests {
  /// Centroids that differ from each other by less and less, around what the bound leaves open,
  /// and rows beside them.
  @Test(arguments: [1, 2, 3, 5, 15, 16, 17, 31, 63, 100, 383, 768, 1031, 4096])
  func nearTies(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions) &+ 77)
    let base = random.components(dimensions)
    let noise = (0..<70).map { _ in random.components(dimensions) }
    for exponent in [1, 3, 5, 8, 12, 16, 20, 23] {
      let size = Float(sign: .plus, exponent: -exponent, significand: 1)
      let centroids = noise.map { zip(base, $0).map { $0 + size * $1 } }
      let rows = (0..<30).map { place in
        place % 3 == 0
          ? centroids[place] : zip(base, random.components(dimensions)).map { $0 + size * $1 }
      }
      _ = expectCanonicalAnswers(rows, centroids, "d \(dimensions), 2^-\(exponent)")
    }
  }

  @Test func allCentroidsAreTheSame() {
    var random = SeededRandom(5)
    let one = random.components(50)
    for count in [1, 16, 17, 49, 200] {
      let rows = (0..<40).map { _ in random.components(50) }
      let dots = expectCanonicalAnswers(
        rows, [[Float]](repeating: one, count: count), "\(count) times the same")
      #expect(dots == rows.count * count)
    }
  }

  /// Few large components beside many small ones: 8 bits hold next to nothing of the small ones.
  @Test func spikes() {
    var random = SeededRandom(6)
    for dimensions in [8, 40, 129, 512] {
      func spiky(_ size: Float) -> [Float] {
        var vector = random.components(dimensions)
        vector[0] = size
        vector[Int.random(in: 0..<dimensions, using: &random)] += size
        return vector
      }
      for size: Float in [10, 1e3, 1e6, 1e12] {
        let centroids = (0..<100).map { _ in spiky(size) }
        let rows = (0..<60).map { _ in spiky(size) } + centroids.prefix(20)
        _ = expectCanonicalAnswers(rows, centroids, "d \(dimensions), spike \(size)")
      }
    }
  }

  @Test func tinyAndHugeComponents() {
    var random = SeededRandom(7)
    for exponent in [-149, -130, -126, -60, 0, 60, 120] {
      let size = Float(sign: .plus, exponent: exponent, significand: 1)
      let rows = (0..<50).map { _ in random.components(33).map { $0 * size } }
        .filter { $0.contains { $0 != 0 } }
      let centroids = (0..<40).map { _ in random.components(33) }
      _ = expectCanonicalAnswers(rows, centroids, "2^\(exponent)")
    }
    // Within one vector, too.
    let rows = (0..<80).map { _ in
      random.components(77).map {
        $0
          * Float(sign: .plus, exponent: Int.random(in: -140...120, using: &random), significand: 1)
      }
    }
    _ = expectCanonicalAnswers(rows, Array(rows.prefix(50)), "mixed")
  }

  @Test func axes() {
    // One-hot vectors, their negatives and sums: many exact ties.
    let dimensions = 24
    var vectors: [[Float]] = []
    for place in 0..<dimensions {
      var vector = [Float](repeating: 0, count: dimensions)
      vector[place] = 1
      vectors.append(vector)
      vectors.append(vector.map { -$0 })
      vector[(place + 5) % dimensions] = 1
      vectors.append(vector)
    }
    _ = expectCanonicalAnswers(vectors, vectors, "axes")
    _ = expectCanonicalAnswers(vectors, Array(vectors.reversed()), "axes, reversed")
    _ = expectCanonicalAnswers(vectors, [vectors[1]], "one centroid")
  }

  /// Rows whose best centroid comes late: candidates pile up first.
  @Test func ascendingScores() {
    var random = SeededRandom(8)
    let row = random.components(96)
    let noise = random.components(96)
    let centroids = (0..<700).map { place in
      zip(row, noise).map { $0 + $1 * Float(700 - place) / 700 }
    }
    let rows = (0..<30).map { _ in zip(row, random.components(96)).map { $0 + 0.01 * $1 } }
    _ = expectCanonicalAnswers(rows, centroids, "ascending")
    let narrow = centroids.map { zip(row, $0).map { $0 + ($1 - $0) * 0.001 } }
    _ = expectCanonicalAnswers(rows, narrow, "ascending, close together")
  }

  @Test func manyCentroids() {
    var random = SeededRandom(9)
    let centroids = clumps(50_000, dimensions: 7, clumps: 900, &random)
    let rows = clumps(60, dimensions: 7, clumps: 20, &random)
    _ = expectCanonicalAnswers(rows, centroids, "k 50,000")
  }

  @Test func randomShapes() {
    var random = SeededRandom(10)
    for _ in 0..<60 {
      let dimensions = Int.random(in: 1...200, using: &random)
      let clusters = Int.random(in: 1...300, using: &random)
      let rows = clumps(
        Int.random(in: 1...400, using: &random), dimensions: dimensions, clumps: 9, &random)
      _ = expectCanonicalAnswers(
        rows, clumps(clusters, dimensions: dimensions, clumps: 9, &random),
        "d \(dimensions), k \(clusters)")
    }
  }

  /// A screen that rules nothing out would give right answers, too.
  @Test func fewCentroidsAreLeft() {
    var random = SeededRandom(11)
    let centres = (0..<64).map { _ in random.components(256) }
    let rows = (0..<500).map { place in
      zip(centres[place % 64], random.components(256)).map { $0 + $1 }
    }
    #expect(expectCanonicalAnswers(rows, centres, "clear") <= rows.count * 5 / 4)
    let noise = (0..<500).map { _ in random.components(256) }
    #expect(expectCanonicalAnswers(noise, centres, "noise") <= rows.count * 10)
  }

  @Test func bytesAndBlocksAgree() {
    var random = SeededRandom(12)
    for dimensions in [5, 100, 768] {
      let rows = clumps(450, dimensions: dimensions, clumps: 9, &random)
      let bytes = rawBytes(rows.flatMap { $0 })
      let block = Vectors(rows).block
      for set in instructionSets {
        let centroids = Centroids(
          components: clumps(30, dimensions: dimensions, clumps: 9, &random).flatMap { $0 },
          count: 30, dimensions: dimensions, instructions: set)
        let scratch = AssignmentScratch()
        var (a, b) = ([UInt32](repeating: 1, count: 450), [UInt32](repeating: 2, count: 450))
        var (c, d) = ([Float](repeating: 1, count: 450), [Float](repeating: 2, count: 450))
        centroids.assign(block, count: 450, nearest: &a, distances: &c, scratch: scratch)
        bytes.withUnsafeBytes {
          centroids.assign(
            bytes: $0, element: .float32, count: 450, nearest: &b, distances: &d, scratch: scratch
          ) { row, fault in Issue.record("row \(row): \(fault)") }
        }
        #expect(a == b && c == d)
      }
    }
  }
}
