// The search for near duplicates against its definition: every instruction set, number of threads
// and memory must give the same twins, above all where a bound that is too tight would show.

import Clustering
import TestSupport
import Testing

/// Rows at places of an order that are read one by one, and refuse to be after a while.
private struct FailingRows: VectorSource {
  struct Failed: Error {}
  let block: VectorBlock
  var count: Int { block.capacity }
  var dimensions: Int { block.dimensions }

  func load(_ rows: [Int], into target: VectorBlock, worker: Int) throws(Failed) {
    if rows.contains(count - 1) { throw Failed() }
    block.load(rows, into: target, worker: worker)
  }
}

/// The mean of the rows' unit vectors, or another vector: it must not matter.
private func mean(_ rows: [SlowVector], _ random: inout SeededRandom) -> [Float] {
  let dimensions = rows[0].components.count
  switch Int.random(in: 0..<3, using: &random) {
  case 0: return [Float](repeating: 0, count: dimensions)
  case 1:
    let unit = SlowVector(unit: random.components(dimensions).map { Double($0) + 0.001 })
    return unit.components.map { $0 * 0.9 }
  default:
    var sum = [Double](repeating: 0, count: dimensions)
    for row in rows {
      for index in 0..<dimensions { sum[index] += Double(row.components[index]) / row.norm }
    }
    return sum.map { Float($0 / Double(rows.count) * 0.999) }
  }
}

/// Holds all searches against the definition.
private func expectSlowTwins(
  _ rows: [[Float]], epsilon: Double, memories: [Int] = [1 << 26], _ comment: String,
  _ random: inout SeededRandom
) {
  let vectors = Vectors(rows)
  let middle = mean(vectors.slow, &random)
  for rule in DuplicateRule.allCases {
    let expected = slowDuplicates(vectors.slow, epsilon: epsilon, greedy: rule == .greedy)
    for set in instructionSets {
      for (threads, memory) in [1, 2].flatMap({ threads in memories.map { (threads, $0) } }) {
        let finder = DuplicateFinder(
          dimensions: rows[0].count, memory: memory, threads: threads, instructions: set)
        let found = finder.find(
          in: vectors.block, around: middle, DuplicateCriterion(epsilon: epsilon, rule: rule))!
        let what = "\(comment), epsilon \(epsilon), \(rule), \(set), \(threads) threads, \(memory)"
        #expect(found.twins.map(Int.init) == expected.twins, "\(what)")
        #expect(found.cosines == expected.cosines, "\(what)")
        #expect(found.closeDecisions == expected.close, "\(what)")
      }
    }
  }
}

struct DuplicateTests {
  @Test(arguments: [1, 2, 3, 7, 16, 17, 64, 100, 384, 1031, 4096])
  func random(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions))
    for count in [1, 2, 63, 200] where count * dimensions < 300_000 {
      let rows = clumps(count, dimensions: dimensions, clumps: 1 + count / 20, &random)
      for epsilon in [0.02, 0.1, 0.3, 0.9] {
        expectSlowTwins(rows, epsilon: epsilon, "d \(dimensions), \(count) rows", &random)
      }
    }
  }

  /// Epsilon is what lies between a cosine of two rows and 1: equal is not above, and the next
  /// smaller number is.
  @Test(arguments: [2, 5, 40, 129, 768])
  func atTheThreshold(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions) + 1000)
    let base = random.components(dimensions)
    for exponent in [2, 4, 6, 9] {
      let size = Float(sign: .plus, exponent: -exponent, significand: 1)
      let rows = (0..<80).map { _ in
        zip(base, random.components(dimensions)).map { $0 + size * $1 }
      }
      let slow = rows.map { SlowVector(scaling: $0.map(Double.init)) }
      for _ in 0..<3 {
        let cosine = slow[Int.random(in: 0..<80, using: &random)].cosine(
          slow[Int.random(in: 0..<80, using: &random)])
        for epsilon in [1 - cosine, (1 - cosine).nextUp, (1 - cosine).nextDown]
        where DuplicateCriterion.epsilons.contains(epsilon) {
          expectSlowTwins(rows, epsilon: epsilon, "d \(dimensions), 2^-\(exponent)", &random)
        }
      }
    }
  }

  @Test func allRowsAreTheSame() {
    var random = SeededRandom(3)
    let one = random.components(33)
    let rows = (0..<500).map { place in one.map { $0 * Float(1 + place % 4) } }
    for epsilon in [1e-6, 1e-5, 0.001, 0.5] {
      expectSlowTwins(rows, epsilon: epsilon, memories: [0, 1 << 26], "the same", &random)
    }
  }

  /// Rows nearer to each other than rounding tells, and a little less near.
  @Test func almostTheSame() {
    var random = SeededRandom(4)
    for exponent in [5, 7, 9, 11, 14, 18, 22] {
      let size = Float(sign: .plus, exponent: -exponent, significand: 1)
      let base = random.components(50)
      let rows = (0..<250).map { _ in zip(base, random.components(50)).map { $0 + size * $1 } }
      for epsilon in [1e-6, 5e-6, 1e-5, 2e-5, 0.001] {
        expectSlowTwins(rows, epsilon: epsilon, "2^-\(exponent)", &random)
      }
    }
  }

  /// A chain of rows: each is a duplicate of the one before, and of no other.
  @Test func rulesDiffer() {
    let epsilon = 0.1
    let (cosine, sine) = (Float(0.919), Float(1 - 0.919 * 0.919).squareRoot())
    var rows: [[Float]] = [[1, 0]]
    for _ in 1..<14 {
      let last = rows.last!
      rows.append([last[0] * cosine - last[1] * sine, last[0] * sine + last[1] * cosine])
    }
    let finder = DuplicateFinder(
      dimensions: 2, memory: 1 << 20, threads: 1, instructions: .best)
    func kept(_ rule: DuplicateRule) -> Int {
      let found = finder.find(
        in: Vectors(rows).block, around: [0, 0], DuplicateCriterion(epsilon: epsilon, rule: rule))!
      return rows.count - dropped(found)
    }
    #expect(kept(.chain) == 1)
    #expect(kept(.greedy) == 7)
    var random = SeededRandom(5)
    expectSlowTwins(rows, epsilon: epsilon, "a chain", &random)
  }

  /// Segments and chunks: memory for fewer rows than there are, columns that end in all places of
  /// a panel, and groups compared by several threads.
  @Test func littleMemory() {
    var random = SeededRandom(6)
    let rows = clumps(1100, dimensions: 12, clumps: 60, &random)
    for epsilon in [0.01, 0.05] {
      expectSlowTwins(
        rows, epsilon: epsilon, memories: [0, 40_000, 80_000, 1 << 22], "segments", &random)
    }
  }

  @Test func manyColumns() {
    var random = SeededRandom(7)
    // Few duplicates, so that groups share the columns.
    let rows = (0..<4500).map { _ in random.components(9) }
    let vectors = Vectors(rows)
    let criterion = DuplicateCriterion(epsilon: 0.1, rule: .greedy)
    var answers: [Duplicates] = []
    for set in instructionSets {
      for threads in [1, 2, 3] {
        for memory in [1 << 18, 1 << 26] {
          let finder = DuplicateFinder(
            dimensions: 9, memory: memory, threads: threads, instructions: set)
          answers.append(
            finder.find(
              in: vectors.block, around: [Float](repeating: 0, count: 9), criterion)!)
        }
      }
    }
    #expect(answers.allSatisfy { $0 == answers[0] })
    #expect((101..<4000).contains(dropped(answers[0])))
    for (place, twin) in answers[0].twins.enumerated() where Int(twin) != place {
      #expect(answers[0].twins[Int(twin)] == twin && Int(twin) < place)
    }
  }

  @Test func spikes() {
    var random = SeededRandom(8)
    for size: Float in [10, 1e3, 1e6, 1e12] {
      let rows = (0..<120).map { _ in
        var vector = random.components(70)
        vector[Int.random(in: 0..<70, using: &random)] += size
        return vector
      }
      for epsilon in [0.0001, 0.2] {
        expectSlowTwins(rows, epsilon: epsilon, "spike \(size)", &random)
      }
    }
  }

  @Test func tinyAndHugeComponents() {
    var random = SeededRandom(9)
    let rows = (0..<150).map { _ in
      random.components(77).map {
        $0
          * Float(sign: .plus, exponent: Int.random(in: -140...120, using: &random), significand: 1)
      }
    }.filter { $0.contains { $0 != 0 } }
    for epsilon in [0.01, 0.3] { expectSlowTwins(rows, epsilon: epsilon, "mixed", &random) }
  }

  /// Opposite and right-angled rows, and rows with many equal cosines.
  @Test func axes() {
    var random = SeededRandom(10)
    var rows: [[Float]] = []
    for place in 0..<40 {
      var vector = [Float](repeating: 0, count: 20)
      vector[place % 20] = place < 20 ? 1 : -1
      rows.append(vector)
      vector[(place + 3) % 20] = 1
      rows.append(vector)
    }
    for epsilon in [0.2, 1 - 0.5.squareRoot(), 0.3, 0.999] {
      expectSlowTwins(rows, epsilon: epsilon, "axes", &random)
    }
  }

  @Test func noRows() {
    let finder = DuplicateFinder(dimensions: 4, memory: 0, threads: 2, instructions: .best)
    let found = finder.find(
      in: VectorBlock(capacity: 0, dimensions: 4), around: [0, 0, 0, 0],
      DuplicateCriterion(epsilon: 0.1, rule: .chain))
    #expect(found?.twins == [] && found?.cosines == [] && found?.closeDecisions == 0)
  }

  @Test func stopsAndFails() {
    var random = SeededRandom(11)
    let rows = clumps(700, dimensions: 5, clumps: 30, &random)
    let block = Vectors(rows).block
    let finder = DuplicateFinder(dimensions: 5, memory: 0, threads: 2, instructions: .best)
    let criterion = DuplicateCriterion(epsilon: 0.1, rule: .greedy)
    var asked = 0
    let stopped = finder.find(in: block, around: [0, 0, 0, 0, 0], criterion) { _ in
      asked += 1
      return asked == 3
    }
    #expect(stopped == nil && asked == 3)
    #expect(throws: FailingRows.Failed.self) {
      try finder.find(in: FailingRows(block: block), around: [0, 0, 0, 0, 0], criterion)
    }
    // Its buffers serve again.
    #expect(finder.find(in: block, around: [0, 0, 0, 0, 0], criterion) != nil)
  }

  /// A screen that rules nothing out would give right answers, too: wide rows, few near pairs.
  @Test func fewPairsAreDecided() {
    var random = SeededRandom(12)
    let rows = (0..<1000).map { _ in random.components(384) }
    let vectors = Vectors(rows)
    for set in instructionSets where set != .portable {
      let finder = DuplicateFinder(
        dimensions: 384, memory: 1 << 26, threads: 1, instructions: set)
      _ = finder.find(
        in: vectors.block, around: [Float](repeating: 0, count: 384),
        DuplicateCriterion(epsilon: 0.3, rule: .chain))
      #expect(finder.canonicalDots < 100)
    }
  }
}

/// How many places were dropped.
private func dropped(_ found: Duplicates) -> Int {
  found.twins.indices.count { found.twins[$0] != UInt32($0) }
}
