// Selection by full sorts, as the method words it.

import Pruning

enum SelectionTwin {
  /// Positions in the order of `order`, by sorting.
  static func ranking(
    _ rows: [UInt64], _ distances: [Float], _ similarity: [Float], _ order: Order, _ seed: UInt64
  ) -> [Int] {
    let positions = Array(rows.indices)
    func sorted(_ precedes: (Int, Int) -> Bool?) -> [Int] {
      positions.sorted { precedes($0, $1) ?? (rows[$0] < rows[$1]) }
    }
    switch order {
    case .hardest, .stratified:
      return sorted {
        distances[$0] == distances[$1] ? nil : distances[$0] > distances[$1]
      }
    case .easiest:
      return sorted {
        distances[$0] == distances[$1] ? nil : distances[$0] < distances[$1]
      }
    case .random:
      return sorted {
        splitmix64(seed: seed, row: rows[$0]) < splitmix64(seed: seed, row: rows[$1])
      }
    case .similarity:
      return sorted {
        let (a, b) = (similarity[Int(rows[$0])], similarity[Int(rows[$1])])
        if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? nil : b.isNaN }
        return a == b ? nil : a > b
      }
    }
  }

  static func positions(
    _ rows: [UInt64], _ distances: [Float], _ similarity: [Float], _ quota: Int, _ order: Order,
    _ seed: UInt64
  ) -> [Int] {
    if order == .stratified {
      return (0..<quota).map { (2 * $0 + 1) * rows.count / (2 * quota) }
    }
    return ranking(rows, distances, similarity, order, seed).prefix(quota).sorted()
  }
}
