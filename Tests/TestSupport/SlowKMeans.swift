// Spherical k-means as the method words it, without a thought for speed.

public struct SlowKMeans {
  public private(set) var centroids: [SlowVector]
  /// Rounds that moved centroids.
  public private(set) var iterations = 0
  public private(set) var converged = false

  /// Trains from the vectors of the rows `initial`.
  public init(_ rows: [SlowVector], initial: [Int], iterations limit: Int) {
    centroids = initial.map { SlowVector(unit: rows[$0].components.map(Double.init)) }
    var previous: [Int] = []
    while iterations < limit {
      let answers = rows.map { $0.nearest(of: centroids) }
      var clusters = answers.map(\.cluster)
      Self.refill(&clusters, answers.map(\.distance), clusterCount: initial.count)
      if clusters == previous {
        converged = true
        return
      }
      for cluster in centroids.indices {
        var sums = [Int64](repeating: 0, count: rows[0].components.count)
        for (row, vector) in rows.enumerated() where clusters[row] == cluster {
          for index in sums.indices {
            sums[index] += Int64(
              (Double(vector.components[index]) * (0x1p30 / vector.norm))
                .rounded(.toNearestOrEven))
          }
        }
        if sums.contains(where: { $0 != 0 }) {
          centroids[cluster] = SlowVector(unit: sums.map(Double.init))
        }
      }
      previous = clusters
      iterations += 1
    }
  }

  /// Searches all rows anew for every empty cluster.
  public static func refill(_ clusters: inout [Int], _ distances: [Float], clusterCount: Int) {
    for cluster in 0..<clusterCount where !clusters.contains(cluster) {
      var farthest: Int?
      for row in clusters.indices {
        let donor = clusters[row]
        guard clusters.filter({ $0 == donor }).count > 1 else { continue }
        if farthest == nil || distances[row] > distances[farthest!] { farthest = row }
      }
      if let farthest { clusters[farthest] = cluster }
    }
  }

  /// Greedy k-means++: each next row is the best of `trials` drawn by distance.
  public static func initialRows(
    _ rows: [SlowVector], count: Int, trials: Int, random: (Int) -> UInt64
  ) -> [Int] {
    let narrow = rows.map(\.narrowed)
    let lengths = narrow.map { Double($0.reduce(0) { $0 + $1 * $1 }).squareRoot() }
    func distance(_ one: Int, _ other: Int) -> Int64 {
      let dot = zip(narrow[one], narrow[other]).reduce(0) { $0 + $1.0 * $1.1 }
      let cosine = Double(dot) / (lengths[one] * lengths[other])
      return Int64((max(0, 1 - cosine) * 0x1p30).rounded(.toNearestOrEven))
    }
    var chosen = [Int(random(0) % UInt64(rows.count))]
    while chosen.count < count {
      let nearest = rows.indices.map { row in chosen.map { distance(row, $0) }.min()! }
      let total = nearest.reduce(0, +)
      if total == 0 {
        chosen.append(rows.indices.first { !chosen.contains($0) }!)
        continue
      }
      let drawn = (0..<trials).map { trial -> Int in
        let number = UInt128(random(chosen.count * trials + trial))
        let wanted = Int64((number * UInt128(total)) >> 64)
        var sum: Int64 = 0
        return rows.indices.first { row in
          sum += nearest[row]
          return sum > wanted
        }!
      }
      let totals = drawn.map { taken in
        rows.indices.reduce(Int64(0)) { $0 + min(nearest[$1], distance($1, taken)) }
      }
      chosen.append(drawn[totals.firstIndex(of: totals.min()!)!])
    }
    return chosen
  }
}

/// Output number `row` of SplitMix64 seeded with `seed`.
public func slowHash(_ seed: UInt64, _ row: UInt64) -> UInt64 {
  var generator = SeededRandom(seed &+ row &* 0x9E37_79B9_7F4A_7C15)
  return generator.next()
}
