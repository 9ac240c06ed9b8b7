// The best by counting, against sorting.

import Build
import BuildSupport
import Foundations
import TestSupport
import Testing

struct BestSimilaritiesTests {
  @Test(arguments: 0..<200)
  func equalsSorting(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    let few: [Float] = [
      .nan, -0.0, 0, 1, -1, 0.5, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1 + .ulpOfOne,
    ]
    let count = Int.random(in: 1...80, using: &random)
    let values: [Float] = (0..<count).map { _ in
      switch seed % 3 {
      case 0: return few.randomElement(using: &random)!
      case 1: return Float(bitPattern: UInt32.random(in: 0..<0x7F80_0000, using: &random))
      default: return Float.random(in: -1...1, using: &random)
      }
    }
    let wanted = Int.random(in: 1...count, using: &random)
    let sorted = values.indices.sorted {
      let (a, b) = (values[$0], values[$1])
      if a.isNaN || b.isNaN { return !a.isNaN ? true : b.isNaN && $0 < $1 }
      return a != b ? a > b : $0 < $1
    }
    let best = BestSimilarities(count: wanted) { take in
      for value in values { take(descendingBits(value)) }
    }
    var ties = best.ofWorst
    var kept: [Int] = []
    for (row, value) in values.enumerated() {
      let rank = descendingBits(value)
      if rank < best.worst {
        kept.append(row)
      } else if rank == best.worst, ties > 0 {
        kept.append(row)
        ties -= 1
      }
    }
    #expect(ties == 0)
    #expect(kept == sorted.prefix(wanted).sorted())
  }

  @Test(
    arguments: [
      ("0.28", "0.28", 0.28), ("-.1", "-0.1", -0.1), ("3e-1", "0.3", 0.3), ("-0", "0", 0),
      ("1", "1", 1),
    ] as [(String, String, Float)])
  func bounds(text: String, plain: String, value: Float) throws {
    let bound = try #require(SimilarityBound(text))
    #expect(bound.description == plain && bound.value == value)
  }

  @Test(arguments: ["", "-", "--1", "0.3%", "nan", "inf", "1e99", "0,3", " 1", "0x1"])
  func noBounds(text: String) {
    #expect(SimilarityBound(text) == nil)
  }

  @Test(arguments: [("0.3", "0.3"), ("30%", "0.3"), ("1", "1"), ("100 %", "1")])
  func fractions(text: String, plain: String) {
    #expect(RowFilters.fraction(text)?.description == plain)
  }

  @Test(arguments: ["0", "0%", "1.1", "101%", "200", "-0.5", "", "half"])
  func noFractions(text: String) {
    #expect(RowFilters.fraction(text) == nil)
  }
}
