// Clusters without rows: each is given the row that is farthest from its own centroid.

/// A row that an empty cluster is given.
package struct Refill: Sendable, Equatable {
  /// The place of the row among those that were offered.
  package let row: Int
  /// The cluster that was empty.
  package let cluster: Int
}

/// Gives every empty cluster a row, the lowest cluster first: the farthest row whose own cluster
/// keeps at least one other.
///
/// A row that cannot be taken because it is the last of its cluster can never be taken later.  So one
/// pass from far to near serves all empty clusters, and each cluster refuses at most once: the
/// 2 * k farthest rows are enough.
///
/// - Parameters:
///   - sizes: how many rows each cluster has.
///   - donors: the clusters of the farthest rows, the row farthest from its centroid first (ties: the
///     lower row).
/// - Returns: the refills by cluster; fewer than there are empty clusters when `donors` run out.
/// - Complexity: O(k)
package func refills(sizes: [Int], donors: [Int]) -> [Refill] {
  var sizes = sizes
  var offers = donors.enumerated().makeIterator()
  var refills: [Refill] = []
  for cluster in sizes.indices where sizes[cluster] == 0 {
    while let (row, donor) = offers.next() {
      guard sizes[donor] > 1 else { continue }
      sizes[donor] -= 1
      sizes[cluster] += 1
      refills.append(Refill(row: row, cluster: cluster))
      break
    }
  }
  return refills
}
