// A page of a concept's rows in the order in which a plan takes them. Ranks are turned into
// positions when they are asked for: a concept of ten million rows needs no list of them. Orders
// that follow the distance read a few pages; those that do not find the page by counting keys
// (RowKeys), which keeps nothing a row and sorts only the page.

import Foundations
import Pruning

extension OpenWorkspace {
  /// The positions among a cluster's members of the rows at `ranks` in the plan's order, in that
  /// order; rank 0 is taken first. `stratified` ranks by distance, farthest first.
  ///
  /// - Parameters:
  ///   - ranks: within 0 ..< size.
  ///   - threads: the result is the same for any number.
  ///   - isCancelled: asked between passes over the rows; nil is returned once it says true.
  /// - Throws: ``WinnowError`` when the order needs similarities that are not there, or a page
  ///   that is read is damaged.
  /// - Complexity: O(ranks log M) for `hardest`, `stratified` and `easiest`; O(M) for the others.
  public func positions(
    of cluster: Int, ranks: Range<Int>, order: Order, seed: UInt64, threads: Int = 1,
    isCancelled: () -> Bool = { false }
  ) throws(WinnowError) -> [Int]? {
    let size = offsets[cluster + 1] - offsets[cluster]
    precondition(ranks.lowerBound >= 0 && ranks.upperBound <= size)
    try requireSimilarity(for: order)
    switch order {
    case .hardest, .stratified: return Array(ranks)
    case .easiest: return try easiest(cluster, size, ranks)
    case .random, .similarity:
      let keys = try conceptOrder(
        of: cluster, order, seed: seed, threads: threads, isCancelled: isCancelled)
      return keys?.positions(ranks, threads: threads, isCancelled: isCancelled)
    }
  }

  /// Whether the row at a position of a cluster is among those that a quota keeps; nil when
  /// cancelled.
  ///
  /// - Precondition: `quota` is 0 ... size.
  /// - Complexity: O(log M) for orders by distance, O(M) for the others; then O(1) a position.
  public func isKept(
    of cluster: Int, quota: Int, order: Order, seed: UInt64, threads: Int,
    isCancelled: () -> Bool
  ) throws(WinnowError) -> ((Int) -> Bool)? {
    let size = offsets[cluster + 1] - offsets[cluster]
    if quota == 0 || quota == size { return { _ in quota > 0 } }
    switch order {
    case .hardest: return { $0 < quota }
    case .stratified:
      return { position in
        Selection.stratifiedCount(before: position + 1, of: size, quota: quota)
          > Selection.stratifiedCount(before: position, of: size, quota: quota)
      }
    case .easiest:
      let group = try equals(cluster, size, around: size - quota)
      let taken = group.upperBound - (size - quota)
      return { $0 >= group.upperBound || $0 >= group.lowerBound && $0 < group.lowerBound + taken }
    case .random, .similarity:
      let keys = try conceptOrder(
        of: cluster, order, seed: seed, threads: threads, isCancelled: isCancelled)
      return keys?.taken(quota, threads: threads, isCancelled: isCancelled)
    }
  }

  /// The ranks of some positions of a cluster in an order; nil when cancelled.
  ///
  /// - Complexity: O(positions log M) for orders by distance, O(M log positions) for the others.
  public func ranks(
    of cluster: Int, positions: [Int], order: Order, seed: UInt64, threads: Int,
    isCancelled: () -> Bool
  ) throws(WinnowError) -> [Int]? {
    let size = offsets[cluster + 1] - offsets[cluster]
    switch order {
    case .hardest, .stratified: return positions
    case .easiest:
      var ranks: [Int] = []
      for position in positions {
        let group = try equals(cluster, size, around: position)
        ranks.append(size - group.upperBound + position - group.lowerBound)
      }
      return ranks
    case .random, .similarity:
      let keys = try conceptOrder(
        of: cluster, order, seed: seed, threads: threads, isCancelled: isCancelled)
      return keys?.ranks(of: positions, threads: threads, isCancelled: isCancelled)
    }
  }

  /// Nearest first, but equal distances by the lower row, which is the lower position.
  private func easiest(
    _ cluster: Int, _ size: Int, _ ranks: Range<Int>
  ) throws(WinnowError) -> [Int] {
    var page: [Int] = []
    page.reserveCapacity(ranks.count)
    var group = 0..<0
    for rank in ranks {
      let mirrored = size - 1 - rank
      if !group.contains(mirrored) { group = try equals(cluster, size, around: mirrored) }
      // The group is taken from its first position on, beginning with rank size - its end.
      page.append(group.lowerBound + rank - (size - group.upperBound))
    }
    return page
  }

  /// The positions around `position` that have its distance.
  private func equals(
    _ cluster: Int, _ size: Int, around position: Int
  ) throws(WinnowError) -> Range<Int> {
    let distance = try distance(at: offsets[cluster] + position)
    let first = try firstPosition(of: cluster, notBeyond: distance)
    let end = try firstPlace(in: position + 1..<size) { (place) throws(WinnowError) in
      try self.distance(at: offsets[cluster] + place) < distance
    }
    return first..<end
  }

  /// The first position of a cluster, counted from its farthest row, whose distance is at most
  /// `distance`; the cluster's size when there is none.
  ///
  /// - Complexity: O(log M)
  public func firstPosition(
    of cluster: Int, notBeyond distance: Float
  ) throws(WinnowError) -> Int {
    let size = offsets[cluster + 1] - offsets[cluster]
    return try firstPlace(in: 0..<size) { (place) throws(WinnowError) in
      try !(self.distance(at: offsets[cluster] + place) > distance)
    }
  }
}
