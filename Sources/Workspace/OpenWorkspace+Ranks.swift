// A page of a concept's rows in the order in which a plan takes them. Ranks are turned into
// positions when they are asked for: a concept of ten million rows needs no list of them. Orders
// that follow the distance read a few pages; those that do not find the page by counting keys
// (RowKeys), which keeps nothing a row and sorts only the page.

import Foundations
import Pruning
import Storage
import Synchronization

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

/// Concepts of more rows are read anew for each page: 4 bytes a row, 64 MiB at most.
private let mostKnownBits = 1 << 24

extension OpenWorkspace {
  /// The order of a cluster's rows, `random` or `similarity`; nil when cancelled.
  ///
  /// - Throws: ``WinnowError`` when the order needs similarities that are not there.
  /// - Complexity: O(1) for `random`; one pass over the rows for `similarity`, once a concept.
  func conceptOrder(
    of cluster: Int, _ order: Order, seed: UInt64, threads: Int, isCancelled: () -> Bool
  ) throws(WinnowError) -> (any ConceptOrder)? {
    let range = offsets[cluster]..<offsets[cluster + 1]
    if order == .random {
      return try members.withRows(
        range, checked: false, narrow: { HashKeys(rows: $0, seed: seed) as any ConceptOrder },
        wide: { HashKeys(rows: $0, seed: seed) })
    }
    guard let similarities else { throw WinnowError(.similarityMissing) }
    if isCancelled() { return nil }
    let falling = try fallingBits(of: cluster, range, similarities, threads)
    return try members.withRows(
      range, checked: false,
      narrow: { SimilarityKeys<UInt32, UInt64>(rows: $0, falling: falling) as any ConceptOrder },
      wide: { SimilarityKeys<UInt64, UInt128>(rows: $0, falling: falling) })
  }

  private func fallingBits(
    of cluster: Int, _ range: Range<Int>, _ similarities: MappedArray<Float>, _ threads: Int
  ) throws(WinnowError) -> [UInt32] {
    if let known = similarityOnce.withLock({ $0 }), known.cluster == cluster {
      return known.falling
    }
    // What was there goes first: two concepts are never held at once.
    similarityOnce.withLock { $0 = nil }
    let values = similarities.elements
    let falling = try members.withRows(
      range, checked: false, narrow: { fallingSimilarities($0, values, threads: threads) },
      wide: { fallingSimilarities($0, values, threads: threads) })
    withExtendedLifetime(similarities) {}
    if falling.count <= mostKnownBits {
      similarityOnce.withLock { $0 = (cluster, falling) }
    }
    return falling
  }
}

/// The falling bits of some rows' similarities; rows that are none count as missing.
private func fallingSimilarities<
  Row: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & SendableMetatype
>(
  _ rows: UnsafeBufferPointer<Row>, _ similarities: UnsafeBufferPointer<Float>, threads: Int
) -> [UInt32] {
  let block = 1 << 18
  // Sound: tasks write places of their own, and the pages read are never written.
  nonisolated(unsafe) let (rows, similarities) = (rows, similarities)
  return [UInt32](unsafeUninitializedCapacity: rows.count) { buffer, count in
    nonisolated(unsafe) let buffer = buffer
    parallel(tasks: (rows.count + block - 1) / block, threads: threads) { _, task in
      for position in task * block..<min(rows.count, (task + 1) * block) {
        let row = UInt64(truncatingIfNeeded: rows[position])
        let value = row < UInt64(similarities.count) ? similarities[Int(row)] : .nan
        // Best first, missing last.
        buffer[position] = descendingBits(value)
      }
    }
    count = rows.count
  }
}
