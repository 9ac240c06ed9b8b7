// Selecting rows of one large concept.

import Pruning

func selectionBenchmarks(_ promises: Promises) {
  let size = 1_000_000
  let rows = (0..<size).map { UInt32($0) * 3 }
  let distances = (0..<size).map { Float(size - $0) / Float(size) }
  let similarity = (0..<3 * size).map { row in
    Float(splitmix64(seed: 5, row: UInt64(row)) >> 40) * 0x1p-24
  }
  for order in Order.allCases {
    promises.measure("select 27.7 % of 1,000,000 rows, \(order.rawValue)", runs: 100) { run in
      let kept = Selection.positions(
        rows: rows.span, distances: distances.span, similarity: similarity.span,
        quota: size / 1000 * 277 + run, order: order, seed: 1)
      precondition(kept.count == size / 1000 * 277 + run)
    }
  }
}
