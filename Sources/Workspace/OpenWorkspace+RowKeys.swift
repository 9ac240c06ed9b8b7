// Pages, cuts and ranks of the orders that do not follow the distance, for a concept of any size.

import Foundations
import Pruning
import Storage
import Synchronization

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
