// A page of a concept's rows in the order in which a plan takes them. Ranks are turned into
// positions when they are asked for: a concept of ten million rows needs no list of them. Orders
// that follow the distance read a few pages; those that do not select the page's rows out of all,
// two selections a page, which needs a bit a row and no sorting but of the page.

import Pruning

extension OpenWorkspace {
  /// The positions among a cluster's members of the rows at `ranks` in the plan's order, in that
  /// order; rank 0 is taken first. `stratified` ranks by distance, farthest first.
  ///
  /// - Parameters:
  ///   - ranks: within 0 ..< size.
  ///   - isCancelled: asked between passes over the rows; nil is returned once it says true.
  /// - Throws: ``WorkspaceError`` when the order needs similarities that are not there, or a page
  ///   that is read is damaged.
  /// - Complexity: O(ranks log M) for `hardest`, `stratified` and `easiest`; O(M) for the others.
  public func positions(
    of cluster: Int, ranks: Range<Int>, order: Order, seed: UInt64,
    isCancelled: () -> Bool = { false }
  ) throws(WorkspaceError) -> [Int]? {
    let size = offsets[cluster + 1] - offsets[cluster]
    precondition(ranks.lowerBound >= 0 && ranks.upperBound <= size)
    guard order != .similarity || hasSimilarity else { throw .plan(.similarityMissing) }
    switch order {
    case .hardest, .stratified: return Array(ranks)
    case .easiest: return try easiest(cluster, size, ranks)
    case .random, .similarity:
      if isCancelled() { return nil }
      var plan = Plan(target: 0)
      plan.order = order
      plan.selectionSeed = seed
      // Both orders are nested, so the page is what the longer list has more.
      let earlier = try keptPositions(of: cluster, quota: ranks.lowerBound, plan)
      if isCancelled() { return nil }
      let all = try keptPositions(of: cluster, quota: ranks.upperBound, plan)
      if isCancelled() { return nil }
      var page: [(key: UInt64, row: Int, position: Int)] = []
      page.reserveCapacity(ranks.count)
      for position in all where !earlier.contains(position) {
        let row = try row(at: offsets[cluster] + position)
        page.append((try key(row, order, seed), row, position))
      }
      page.sort { ($0.key, $0.row) < ($1.key, $1.row) }
      return page.map(\.position)
    }
  }

  /// What the order sorts a row by, ascending.
  private func key(_ row: Int, _ order: Order, _ seed: UInt64) throws(WorkspaceError) -> UInt64 {
    if order == .random { return splitmix64(seed: seed, row: UInt64(row)) }
    // Best first, missing last; adding 0 makes one zero of two.
    guard let similarity = try similarity(row) else { return .max }
    let bits = (similarity + 0).bitPattern
    let rising = bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    return UInt64(~rising)
  }

  /// Nearest first, but equal distances by the lower row, which is the lower position.
  private func easiest(
    _ cluster: Int, _ size: Int, _ ranks: Range<Int>
  ) throws(WorkspaceError) -> [Int] {
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
  ) throws(WorkspaceError) -> Range<Int> {
    let distance = try distance(at: offsets[cluster] + position)
    let first = try firstPosition(of: cluster, notBeyond: distance)
    var (low, high) = (position + 1, size)
    while low < high {
      let middle = (low + high) / 2
      if try self.distance(at: offsets[cluster] + middle) < distance {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return first..<low
  }

  /// The first position of a cluster, counted from its farthest row, whose distance is at most
  /// `distance`; the cluster's size when there is none.
  ///
  /// - Complexity: O(log M)
  public func firstPosition(
    of cluster: Int, notBeyond distance: Float
  ) throws(WorkspaceError) -> Int {
    var (low, high) = (0, offsets[cluster + 1] - offsets[cluster])
    while low < high {
      let middle = (low + high) / 2
      if try self.distance(at: offsets[cluster] + middle) > distance {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
