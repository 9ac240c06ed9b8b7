import Clustering
import Storage
import TestSupport

let instructionSets = InstructionSet.allCases.filter(\.isAvailable)

/// Float32 rows in the form of the kernels and in that of the slow twins.
struct Vectors {
  let block: VectorBlock
  let slow: [SlowVector]

  init(_ rows: [[Float]], instructions: InstructionSet = .portable) {
    let block = VectorBlock(capacity: rows.count, dimensions: rows[0].count)
    let bytes = rawBytes(rows.flatMap { $0 })
    bytes.withUnsafeBytes {
      block.load($0, element: .float32, count: rows.count, instructions: instructions) { row, _ in
        preconditionFailure("row \(row) cannot be used")
      }
    }
    self.block = block
    slow = rows.map { SlowVector(scaling: $0.map(Double.init)) }
  }
}

/// Rows around a few directions, some of them there twice.
func clumps(_ count: Int, dimensions: Int, clumps: Int, _ random: inout SeededRandom) -> [[Float]] {
  let centres = (0..<clumps).map { _ in random.components(dimensions) }
  var rows: [[Float]] = []
  for _ in 0..<count {
    if let last = rows.last, Int.random(in: 0..<8, using: &random) == 0 {
      rows.append(last)
      continue
    }
    let centre = centres[Int.random(in: 0..<clumps, using: &random)]
    rows.append(zip(centre, random.components(dimensions)).map { $0 + 0.3 * $1 })
  }
  return rows
}

extension Centroids {
  var slow: [SlowVector] { (0..<count).map { SlowVector(vectors.vector($0)) } }

  /// Every component's bits.
  var bits: [UInt32] { components().map(\.bitPattern) }
}
