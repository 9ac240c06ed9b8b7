// Rows from their bytes on disk.

import Clustering
import Storage
import TestSupport
import Testing

struct VectorBlockTests {
  @Test func theSameNumbersInAnyElementGiveTheSameVectors() {
    var random = SeededRandom(1)
    let rows = (0..<20).map { _ in random.components(21, bits: 8) }
    let flat = rows.flatMap { $0 }
    let expected = rows.map { SlowVector(scaling: $0.map(Double.init)) }
    for (element, bytes) in [
      (EmbeddingElement.float16, rawBytes(flat.map { Float16($0).bitPattern })),
      (.float32, rawBytes(flat)), (.float64, rawBytes(flat.map(Double.init))),
    ] {
      for set in instructionSets {
        let block = VectorBlock(capacity: 25, dimensions: 21)
        bytes.withUnsafeBytes {
          block.load($0, element: element, count: 20, at: 3, instructions: set) { row, fault in
            Issue.record("row \(row) of \(element): \(fault)")
          }
        }
        #expect((3..<23).map { block.vector($0) } == expected.map(\.components))
        #expect((3..<23).map { block.norm($0) } == expected.map(\.norm))
      }
    }
  }

  @Test func faultyRowsAreToldInOrder() {
    let values: [Float] = [1, 2, 0, 0, .nan, 1, 3, 4, 1, -.infinity, 0, -0.0]
    let block = VectorBlock(capacity: 6, dimensions: 2)
    var told: [String] = []
    rawBytes(values).withUnsafeBytes {
      block.load($0, element: .float32, count: 6, instructions: .best) { row, fault in
        told.append("\(row) \(fault.text)")
      }
    }
    #expect(told == ["1 all zeros", "2 NaN", "4 infinite", "5 all zeros"])
    #expect(block.vector(0) == [0.25, 0.5] && block.vector(4) == [0, 0])
  }

  @Test func copyTakesTheNormAlong() {
    let vectors = Vectors([[3, 4], [1, 0]])
    let block = VectorBlock(capacity: 2, dimensions: 2)
    block.copy(0, of: vectors.block, to: 1)
    #expect(block.vector(1) == [0.375, 0.5])
    #expect(block.norm(1) == 0.625)
  }
}
