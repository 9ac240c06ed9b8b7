// The canonical dot product on every instruction set against its definition, bit for bit.

import CKernels
import TestSupport
import Testing

struct DotTests {
  /// Every tile has its edges somewhere below nine.
  private let most = 9

  @Test(arguments: Array(1...70) + [96, 127, 129, 300, 768, 1001])
  func everyInstructionSetGivesTheCanonicalBits(dimensions: Int) {
    var random = SeededRandom(UInt64(dimensions))
    let a = (0..<most).map { _ in random.components(dimensions) }
    let b = (0..<most).map { _ in random.components(dimensions) }
    expectCanonical(a, b, dimensions)
  }

  @Test(arguments: [-70, -62, 0, 50, 62])
  func componentsOfAnySize(exponent: Int) {
    // Down to subnormal products and up to sums near the largest float.
    let dimensions = 37
    var random = SeededRandom(UInt64(1000 + exponent))
    let scale = Float(sign: .plus, exponent: exponent, significand: 1)
    func vectors() -> [[Float]] {
      (0..<most).map { _ in random.components(dimensions).map { $0 * scale } }
    }
    expectCanonical(vectors(), vectors(), dimensions)
  }

  @Test func mixedSizesRoundInTheCanonicalOrder() {
    let dimensions = 70
    var random = SeededRandom(7)
    func vectors() -> [[Float]] {
      (0..<most).map { _ in
        random.components(dimensions).map {
          $0
            * Float(sign: .plus, exponent: Int.random(in: -30...30, using: &random), significand: 1)
        }
      }
    }
    expectCanonical(vectors(), vectors(), dimensions)
  }

  @Test func normsAreSquareRootsOfCanonicalDots() {
    var random = SeededRandom(8)
    for dimensions in [1, 15, 16, 17, 100] {
      let vectors = (0..<5).map { _ in random.components(dimensions) }
      let block = AlignedVectors(vectors, dimensions: dimensions)
      for set in instructionSets {
        var norms = [Double](repeating: .nan, count: 5)
        wk_norms(set, block.values, 5, block.stride, &norms)
        #expect(norms == vectors.map { Double(canonicalDot($0, $0)).squareRoot() })
      }
    }
  }

  /// Compares all blocks of up to `most` rows and centroids, so that every edge of a tile occurs.
  private func expectCanonical(_ a: [[Float]], _ b: [[Float]], _ dimensions: Int) {
    let expected = a.map { row in b.map { canonicalDot(row, $0).bitPattern } }
    let rows = AlignedVectors(a, dimensions: dimensions)
    let centroids = AlignedVectors(b, dimensions: dimensions)
    for set in instructionSets {
      for rowCount in 1...most {
        for centroidCount in 1...most {
          let size = rowCount * centroidCount
          // One more than needed, to see that nothing is written behind the end.
          var output = [Float](repeating: -123, count: size + 1)
          wk_dots(
            set, rows.values, rowCount, centroids.values, centroidCount, rows.stride, &output)
          let wanted = expected[..<rowCount].flatMap { $0[..<centroidCount] }
          #expect(
            output[..<size].map(\.bitPattern) == wanted,
            "set \(set), \(rowCount) rows, \(centroidCount) centroids, \(dimensions) dimensions")
          #expect(output[size] == -123)
        }
      }
    }
  }
}
