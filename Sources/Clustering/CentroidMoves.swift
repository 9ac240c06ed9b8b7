// How far centroids moved in a round, and what it means for a row whose margin is known.
//
// A cosine changes by no more than its centroid moved.  Late in a training most centroids rest and
// few move far.  A row whose margin covers its own centroid's move and the farthest other one's
// stays where it is unseen.  One whose margin covers all but some far movers is compared with
// those alone.

import CKernels
import Foundations

/// The moves of one round.
struct CentroidMoves: Sendable {
  /// How far each centroid moved, from above.
  let distances: [Float]
  /// Clusters by distance, the farthest first.
  private let order: [Int]
  /// Both canonical dot products of a comparison round.
  private let rounding: Float
  /// For each cluster what a margin of its rows loses against all other centroids.
  private(set) var lossesOfAll: [Float] = []

  /// - Complexity: O(k log k)
  init(_ distances: [Float], stride: Int) {
    self.distances = distances
    order = distances.indices.sorted {
      distances[$0] != distances[$1] ? distances[$0] > distances[$1] : $0 < $1
    }
    rounding = Float(4 * (stride / Int(WK_LANES) + 8)) * 0x1p-24 + 1e-6
    lossesOfAll = losses(without: 0)
  }

  /// For each cluster what a margin of its rows loses against all centroids but the `movers` that
  /// moved farthest.
  func losses(without movers: Int) -> [Float] {
    // A cluster's own centroid is no rival.
    func farthest(otherThan cluster: Int) -> Float {
      var place = movers
      if place < order.count, order[place] == cluster { place += 1 }
      return place < order.count ? distances[order[place]] : 0
    }
    return distances.indices.map { cluster in
      let sum = distances[cluster] + farthest(otherThan: cluster)
      return sum == 0 ? 0 : sum + rounding
    }
  }

  /// The far movers whose separate treatment saves most; nil when none does.
  ///
  /// - Parameters:
  ///   - margins: of all rows.
  ///   - clusters: of all rows.
  /// - Complexity: O(rows)
  func movers(
    of centroids: Centroids, _ margins: SharedBuffer<Float>, _ clusters: SharedBuffer<UInt32>,
    _ threads: Int
  ) -> Movers? {
    let k = centroids.count
    // A tile's width at least, half of all at most.
    let counts = Set([16, k / 16, k / 8, k / 4, k / 2].map { ($0 + 15) / 16 * 16 })
      .filter { $0 > 0 && $0 <= k / 2 }.sorted()
    let options = counts.map { (count: $0, losses: losses(without: $0)) }
    guard !options.isEmpty else { return nil }
    // A sample of the rows tells.
    let step = max(1, margins.count / 20_000)
    var covered = [Int](repeating: 0, count: options.count)
    var seen = 0
    for row in stride(from: 0, to: margins.count, by: step) {
      let (margin, cluster) = (margins[row], Int(clusters[row]))
      guard margin <= lossesOfAll[cluster] else { continue }
      seen += 1
      for (option, losses) in options.enumerated() where margin > losses.losses[cluster] {
        covered[option] += 1
      }
    }
    // Loading a row, narrowing it and its own dot product cost about a third of a search.
    func saving(_ option: Int) -> Double {
      Double(covered[option]) * (0.65 - Double(options[option].count) / Double(k))
    }
    guard let best = options.indices.max(by: { saving($0) < saving($1) }),
      saving(best) > 0.02 * Double(seen)
    else { return nil }
    return Movers(
      clusters: order.prefix(options[best].count).sorted(), of: centroids,
      losses: options[best].losses, threads: threads)
  }
}

/// The centroids that moved far, on their own.
struct Movers: Sendable {
  let clusters: [Int]
  let centroids: Centroids
  /// What a margin loses against all the others, for each cluster.
  let losses: [Float]

  init(clusters: [Int], of all: Centroids, losses: [Float], threads: Int) {
    self.clusters = clusters
    self.losses = losses
    let vectors = VectorBlock(capacity: clusters.count, dimensions: all.dimensions)
    for (place, cluster) in clusters.enumerated() {
      vectors.copy(cluster, of: all.vectors, to: place)
    }
    centroids = Centroids(
      vectors, instructions: all.instructions, threads: threads, like: all.screen)
  }
}

/// The changes of a round, those of one cluster together, rows ascending.
struct ChangesByCluster: Sendable {
  /// A row that joins (sign 1) or leaves (-1) a cluster.
  struct Entry: Sendable {
    private let code: Int

    init(_ row: Int, leaves: Bool) { code = row << 1 | (leaves ? 1 : 0) }

    var row: Int { code >> 1 }
    var sign: Int64 { code & 1 == 0 ? 1 : -1 }
  }

  /// Some entries of one cluster.
  struct Part: Sendable {
    let cluster: Int
    let entries: Range<Int>
    /// Whether these are all entries of the cluster.
    let isWhole: Bool
  }

  private(set) var entries: [Entry]
  private(set) var parts: [Part] = []

  /// - Parameter previous: nil when every row joins its first cluster.
  /// - Complexity: O(rows + clusters)
  init(
    from previous: SharedBuffer<UInt32>?, to nearest: SharedBuffer<UInt32>, clusters: Int
  ) {
    // A cluster of more entries is cut, so that threads can share it.
    let mostOfPart = 1024
    var ends = [Int](repeating: 0, count: clusters)
    for row in 0..<nearest.count where previous?[row] != nearest[row] {
      ends[Int(nearest[row])] += 1
      if let previous { ends[Int(previous[row])] += 1 }
    }
    var sum = 0
    for cluster in 0..<clusters {
      let end = sum + ends[cluster]
      for start in stride(from: sum, to: end, by: mostOfPart) {
        parts.append(
          Part(
            cluster: cluster, entries: start..<min(start + mostOfPart, end),
            isWhole: end - sum <= mostOfPart))
      }
      ends[cluster] = sum
      sum = end
    }
    entries = [Entry](repeating: Entry(0, leaves: false), count: sum)
    for row in 0..<nearest.count where previous?[row] != nearest[row] {
      entries[ends[Int(nearest[row])]] = Entry(row, leaves: false)
      ends[Int(nearest[row])] += 1
      if let previous {
        entries[ends[Int(previous[row])]] = Entry(row, leaves: true)
        ends[Int(previous[row])] += 1
      }
    }
  }
}
