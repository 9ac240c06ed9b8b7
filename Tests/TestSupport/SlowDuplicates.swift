// Near duplicates by their definition: every row with every earlier one.

/// For each row its twin (itself where it is none) and the cosine, and how many decisions were
/// made by 1e-6 or less.
///
/// - Parameters:
///   - rows: in their order.
///   - greedy: only rows that were kept count.
public func slowDuplicates(
  _ rows: [SlowVector], epsilon: Double, greedy: Bool
) -> (twins: [Int], cosines: [Double], close: Int) {
  let threshold = 1 - epsilon
  var twins = Array(rows.indices)
  var cosines = [Double](repeating: 1, count: rows.count)
  var close = 0
  for row in rows.indices {
    let earlier = (0..<row).filter { !greedy || twins[$0] == $0 }
      .map { (place: $0, cosine: rows[row].cosine(rows[$0])) }
    guard let largest = earlier.map(\.cosine).max() else { continue }
    // Rows that are the same but for rounding are equally near.
    let same = earlier.filter { $0.cosine > max(1 - 1e-5, threshold) }
    let twin = same.first ?? earlier.first { $0.cosine == largest }!
    if abs(twin.cosine - threshold) <= 1e-6 { close += 1 }
    if largest > threshold { (twins[row], cosines[row]) = (twin.place, twin.cosine) }
  }
  return (twins, cosines, close)
}
